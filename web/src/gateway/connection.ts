/** Whether the gateway can be reached, as far as this tab has noticed. */

import { createStore, useStore } from "zustand";

interface Connection {
  /** What the browser says of its network. */
  readonly online: boolean;
  /** Whether the last request was answered. */
  readonly reachable: boolean;
  /** Whether subscriptions are connected. */
  readonly live: boolean;
}

export const connection = createStore<Connection>(() => ({ online: navigator.onLine, reachable: true, live: false }));

addEventListener("online", () => connection.setState({ online: true, reachable: true }));
addEventListener("offline", () => connection.setState({ online: false }));

export function useConnected(): boolean {
  return useStore(connection, ({ online, reachable }) => online && reachable);
}
