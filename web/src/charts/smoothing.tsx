/** How much curves are smoothed, chosen for all charts of a page. */

import { useId } from "react";
import { SPANS } from "./smooth.js";

export function Smoothing({ span, onSpan }: { span: number; onSpan: (span: number) => void }) {
  const id = useId();
  const words = span > 1 ? `over ${span.toLocaleString("en")} points` : "off";
  return (
    <div className="flex min-h-11 items-center gap-3 text-sm">
      <label htmlFor={id} className="text-muted">
        Smoothing
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={SPANS.length - 1}
        step={1}
        value={Math.max(0, SPANS.indexOf(span))}
        aria-valuetext={words}
        onChange={(event) => onSpan(SPANS[Number(event.target.value)] ?? 1)}
        className="h-11 w-32 accent-accent sm:h-9"
      />
      <output htmlFor={id} className="tabular min-w-24 text-xs text-muted">
        {words}
      </output>
    </div>
  );
}
