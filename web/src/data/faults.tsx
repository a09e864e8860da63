/** The files, rows and cells that could not be used, each with its place and its reason. */

import { exact } from "../format/figures.js";
import { countsInWords, place } from "./words.js";

interface Fault {
  readonly code: string;
  readonly reason: string;
  readonly path: string | null;
  readonly row: string | null;
  readonly column: string | null;
}

interface Props {
  readonly faults: readonly Fault[];
  readonly counts: readonly { readonly code: string; readonly count: number }[];
  /** Whether the version was made without them. */
  readonly left: boolean;
}

export function Faults({ faults, counts, left }: Props) {
  if (counts.length === 0) return null;
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const title = left ? "Left out" : "Could not be used";
  return (
    <section aria-label={title} className="grid min-w-0 gap-2">
      <h3 className="text-sm font-semibold">{title}</h3>
      <p className="tabular text-xs text-muted">
        {countsInWords(counts)}
        {all > faults.length ? `; the first ${exact(faults.length)} are listed` : ""}
      </p>
      <ul aria-label="Faults" className="max-h-72 overflow-y-auto rounded-[10px] border border-line text-sm">
        {faults.map((fault, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one place may have two faults, and the list never changes
          <li key={index} className="grid gap-0.5 border-b border-line px-3 py-2 last:border-0">
            <span className="tabular font-medium break-all" dir="auto">
              {place(fault)}
            </span>
            <span className="break-words text-muted" dir="auto">
              {fault.reason}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
