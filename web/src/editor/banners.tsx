/** What a person is in the middle of, with the way out of it: a connection, selecting more. */

import type { ReactNode } from "react";
import { Button } from "../ui/button.js";
import { useDoing, useEditing } from "./editing.js";
import { stopConnecting } from "./pending.js";
import { useLook } from "./view.js";

export function Banners() {
  const editing = useEditing();
  const { bench, view } = editing;
  const pending = useDoing((doing) => doing.pending);
  const more = useDoing(({ selectingMore }) => selectingMore);
  const count = useLook(view, ({ selection }) => selection.length);
  if (pending) {
    const { node, handle, side, target } = pending;
    const other = side === "output" ? "an input" : "an output";
    return (
      <Banner end="Cancel" onEnd={() => stopConnecting(editing)}>
        <b className="font-semibold">{node}</b> · {handle}:{" "}
        {target === null ? `choose ${other}` : `press Enter to connect to ${target}`}
      </Banner>
    );
  }
  if (!more) return null;
  return (
    <Banner end="Done" onEnd={() => bench.set({ selectingMore: false })}>
      {count} selected; tap to select more
    </Banner>
  );
}

function Banner({ children, end, onEnd }: { children: ReactNode; end: string; onEnd: () => void }) {
  return (
    <div className="absolute top-3 left-1/2 z-20 flex max-w-[calc(100%-1.5rem)] -translate-x-1/2 items-center gap-2 rounded-full border border-accent bg-raised py-1 pr-1 pl-4 text-sm shadow-float">
      <p dir="auto" className="min-w-0 truncate">
        {children}
      </p>
      <Button look="quiet" className="rounded-full" onClick={onEnd}>
        {end}
      </Button>
    </div>
  );
}
