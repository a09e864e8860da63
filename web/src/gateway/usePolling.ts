/** Asks again and again, for what nobody tells of when it changes; null for never. */

import { useEffect, useRef } from "react";

export function usePolling(ask: () => void, milliseconds: number | null): void {
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (milliseconds === null) return;
    const timer = setInterval(() => latest.current(), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}
