/** The one way to the gateway's GraphQL: requests with a token that is fresh, subscriptions that come back. */

import { authExchange } from "@urql/exchange-auth";
import { createClient as createSockets } from "graphql-ws";
import {
  type Client,
  cacheExchange,
  createClient,
  type ExecutionResult,
  fetchExchange,
  subscriptionExchange,
} from "urql";
import { Refused } from "./auth.js";
import { connection } from "./connection.js";
import { TOKEN_OVER } from "./outcome.js";
import { currentToken, freshToken, renew } from "./session.js";
import { CLIENT } from "./settings.js";

const LONGEST_WAIT_MS = 15_000;

/** Retries as long as somebody listens: at once, then ever more slowly, never all clients together. */
async function wait(retries: number): Promise<void> {
  const base = Math.min(LONGEST_WAIT_MS, 250 * 2 ** retries);
  await new Promise((resolve) => setTimeout(resolve, base * (0.5 + Math.random() / 2)));
}

/** Waits for a token however long the connection is away; whose session is over goes on without one. Never throws. */
async function tokenAtHand(): Promise<void> {
  for (let retries = 0; ; retries += 1) {
    try {
      await freshToken();
      return;
    } catch (error) {
      if (error instanceof Refused) return;
      await wait(retries);
    }
  }
}

const sockets = createSockets({
  // graphql-ws never comes back from an address or parameters that fail, so neither of them does.
  url: async () => {
    await tokenAtHand();
    return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
  },
  connectionParams: () => ({ authorization: `Bearer ${currentToken() ?? ""}` }),
  lazy: true,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  retryWait: wait,
  keepAlive: 12_000,
  on: {
    connected: () => connection.setState({ live: true }),
    closed: () => connection.setState({ live: false }),
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
    subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({
          unsubscribe: sockets.subscribe(
            { query: request.query ?? "", variables: request.variables ?? null },
            { ...sink, next: (answer) => sink.next(answer as ExecutionResult) },
          ),
        }),
      }),
    }),
  ],
});
