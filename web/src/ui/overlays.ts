/**
 * What dialogs, menus and notices are made of, apart from pages, which are there before any of them: the first touch of
 * a page loads it, and whatever wants it sooner.
 */

import { useEffect } from "react";
import { createStore, useStore } from "zustand";

type Parts = typeof import("./overlayParts.js");

const overlays = createStore<{ readonly parts: Parts | null }>(() => ({ parts: null }));
let loading: Promise<Parts | null> | null = null;

/** Null where they cannot be loaded, for want of a connection; the next touch tries again. */
function load(): Promise<Parts | null> {
  loading ??= import("./overlayParts.js").then(
    (parts) => {
      overlays.setState({ parts });
      return parts;
    },
    () => {
      loading = null;
      return null;
    },
  );
  return loading;
}

for (const touch of ["pointermove", "pointerdown", "keydown", "online"]) addEventListener(touch, () => void load());

/** Null as long as they are on their way; `onMissing` is called where they are wanted and cannot be loaded. */
export function useOverlays(wanted: boolean, onMissing: () => void): Parts | null {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time something is wanted, it is wanted once.
  useEffect(() => {
    if (wanted) void load().then((parts) => parts ?? onMissing());
  }, [wanted]);
  return useStore(overlays, ({ parts }) => parts);
}
