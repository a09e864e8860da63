/** The connection that subscriptions share, loaded with the first of them. */

import { createClient } from "graphql-ws";
import { Refused } from "./auth.js";
import { connection } from "./connection.js";
import { currentToken, freshToken } from "./session.js";
import { wait } from "./wait.js";

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

export const sockets = createClient({
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
