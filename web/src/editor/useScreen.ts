/** How much room there is: a phone has sheets, a tablet drawers, a desk columns. */

import { useSyncExternalStore } from "react";

export type Screen = "phone" | "tablet" | "desk";

const TABLET = matchMedia("(min-width: 700px) and (min-height: 480px)");
const DESK = matchMedia("(min-width: 1100px) and (min-height: 480px)");

export function screenNow(): Screen {
  return DESK.matches ? "desk" : TABLET.matches ? "tablet" : "phone";
}

export function useScreen(): Screen {
  return useSyncExternalStore(subscribe, screenNow);
}

function subscribe(changed: () => void): () => void {
  for (const query of [TABLET, DESK]) query.addEventListener("change", changed);
  return () => {
    for (const query of [TABLET, DESK]) query.removeEventListener("change", changed);
  };
}
