/** What pages ask and tell the gateway by, loaded beside the first page that does. */

import type { ReactNode } from "react";
import { Provider } from "urql";
import { client } from "./client.js";

export function Gateway({ children }: { children: ReactNode }) {
  return <Provider value={client}>{children}</Provider>;
}
