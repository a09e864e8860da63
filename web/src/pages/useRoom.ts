/** Whether the screen answers to a media query, now and whenever that changes. */

import { useSyncExternalStore } from "react";

export function useRoom(query: string): boolean {
  const list = matchMedia(query);
  const subscribe = (changed: () => void) => {
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  };
  return useSyncExternalStore(subscribe, () => list.matches);
}
