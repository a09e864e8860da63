/** The one way to the gateway's GraphQL: requests with a token that is fresh, subscriptions that come back. */

import { authExchange } from "@urql/exchange-auth";
import {
  type Client,
  cacheExchange,
  createClient,
  type ExecutionResult,
  fetchExchange,
  subscriptionExchange,
} from "urql";
import { connection } from "./connection.js";
import { TOKEN_OVER } from "./outcome.js";
import { currentToken, renew } from "./session.js";
import { CLIENT } from "./settings.js";
import { wait } from "./wait.js";

/** Subscribes as soon as the code for it is there, which is asked for as long as somebody listens. */
const forwardSubscription: Parameters<typeof subscriptionExchange>[0]["forwardSubscription"] = (request) => ({
  subscribe: (sink) => {
    let [ended, end] = [false, () => {}];
    const begin = async (retries: number): Promise<void> => {
      const loaded = await import("./sockets.js").catch(() => wait(retries));
      if (ended) return;
      if (!loaded) return begin(retries + 1);
      const { query = "", variables = null } = request;
      end = loaded.sockets.subscribe(
        { query, variables },
        { ...sink, next: (answer) => sink.next(answer as ExecutionResult) },
      );
    };
    void begin(0);
    return {
      unsubscribe: () => {
        ended = true;
        end();
      },
    };
  },
});

export const client: Client = createClient({
  url: "/graphql",
  preferGetMethod: false,
  requestPolicy: "cache-and-network",
  fetchOptions: { headers: { "x-nf-client": CLIENT } },
  fetch: async (input, init) => {
    const response = await fetch(input, init).catch((error) => {
      if (init?.signal?.aborted !== true) connection.setState({ reachable: false });
      throw error;
    });
    connection.setState({ reachable: response.status < 502 });
    return response;
  },
  exchanges: [
    cacheExchange,
    authExchange(async ({ appendHeaders }) => ({
      addAuthToOperation: (operation) => {
        const token = currentToken();
        return token ? appendHeaders(operation, { authorization: `Bearer ${token}` }) : operation;
      },
      willAuthError: () => currentToken() === null,
      didAuthError: ({ graphQLErrors }) => graphQLErrors.some(({ extensions }) => TOKEN_OVER.has(extensions.code)),
      refreshAuth: () => renew().catch(() => {}),
    })),
    fetchExchange,
    subscriptionExchange({ forwardSubscription }),
  ],
});
