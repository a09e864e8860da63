/** A list read page by page, as long as what is asked for stays the same; what is shown stays until the answer is there. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { CombinedError } from "urql";
import { type Refusal, refusalOf } from "./outcome.js";

export interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly nextPageToken: string | null;
}

interface Answer<Item> {
  readonly page: Page<Item> | undefined;
  readonly error: CombinedError | undefined;
}

interface Pages<Item> {
  readonly asked: string | null;
  readonly items: readonly Item[] | null;
  readonly next: string | null;
}

interface Asking<Item> {
  /** Says what is asked for; another text is another list. */
  readonly asked: string;
  readonly size: number;
  readonly ask: (first: number, after: string) => Promise<Answer<Item>>;
  readonly keyOf: (item: Item) => string | number;
}

export function usePages<Item>({ asked, size, ask, keyOf }: Asking<Item>) {
  const [pages, setPages] = useState<Pages<Item>>({ asked: null, items: null, next: null });
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [reading, setReading] = useState(true);
  const current = useRef({ asked, ask, keyOf });
  current.current = { asked, ask, keyOf };

  const read = useCallback(
    async (first: number, after: string, before: readonly Item[]) => {
      setReading(true);
      const { page, error } = await current.current.ask(first, after);
      if (current.current.asked !== asked) return;
      setReading(false);
      setRefusal(error ? refusalOf(error) : null);
      const items = page && joined(before, page.nodes, current.current.keyOf);
      if (items) setPages({ asked, items, next: page.nextPageToken });
    },
    [asked],
  );
  useEffect(() => void read(size, "", []), [read, size]);

  const { items, next } = pages;
  return {
    items,
    /** What is shown was asked for differently, until the answer is there. */
    stale: pages.asked !== asked,
    reading,
    refusal,
    more: next === null ? null : () => read(size, next, items ?? []),
    again: () => read(size, "", []),
    /** What is shown already, as it is now. */
    refresh: () => read(Math.max(size, items?.length ?? 0), "", []),
  };
}

/** What has moved from page to page meanwhile is there once. */
function joined<Item>(before: readonly Item[], newer: readonly Item[], keyOf: (item: Item) => string | number) {
  const known = new Set(before.map(keyOf));
  return [...before, ...newer.filter((item) => !known.has(keyOf(item)))];
}
