/** What failed for want of a connection is tried again as soon as there is one. */

import { useEffect, useRef } from "react";
import { useConnected } from "./connection.js";

export function useRetry(trouble: unknown, retry: () => void): void {
  const connected = useConnected();
  const before = useRef(connected);
  useEffect(() => {
    if (connected && !before.current && trouble) retry();
    before.current = connected;
  });
}
