/** Gathers what comes and hands it on once per frame of the screen; less often where nobody looks. */

const HIDDEN_MS = 500;

export interface Gathered<Item> {
  put(item: Item): void;
  /** Forgets what has not been handed on. */
  drop(): void;
}

export function frames<Item>(take: (items: readonly Item[]) => void): Gathered<Item> {
  let [items, cancel]: [Item[], (() => void) | null] = [[], null];
  const hand = () => {
    const all = items;
    [items, cancel] = [[], null];
    take(all);
  };
  return {
    put(item) {
      items.push(item);
      cancel ??= later(hand);
    },
    drop() {
      cancel?.();
      [items, cancel] = [[], null];
    },
  };
}

/** A hidden page has no frames. */
function later(act: () => void): () => void {
  if (document.hidden) {
    const timer = setTimeout(act, HIDDEN_MS);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(act);
  return () => cancelAnimationFrame(frame);
}
