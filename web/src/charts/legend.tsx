/** Which line is which, and what it says: at the step that is read, else last and best. A line can be hidden. */

import type { Curve } from "./curve.js";
import { elementColour, type Stroke } from "./palette.js";
import { type Best, best, inWords, last, readingAt } from "./readout.js";

export interface Line {
  readonly key: string;
  readonly label: string;
  readonly curve: Curve;
  readonly stroke: Stroke;
  readonly marked?: boolean;
}

interface Props {
  readonly lines: readonly Line[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
  readonly step: number | null;
  readonly which: Best;
  readonly value: (value: number) => string;
  readonly at: (step: number) => string;
}

export function Legend({ lines, hidden, onToggle, step, which, value, at }: Props) {
  return (
    <ul aria-label="Lines" className="grid grid-cols-1 gap-x-6 sm:grid-cols-[repeat(auto-fill,minmax(20rem,1fr))]">
      {lines.map((line) => (
        <li key={line.key}>
          <button
            type="button"
            aria-pressed={!hidden.has(line.key)}
            title={hidden.has(line.key) ? "Show this line" : "Hide this line"}
            onClick={() => onToggle(line.key)}
            className="flex min-h-11 w-full items-center gap-2.5 rounded-lg px-1.5 text-left text-sm hover:bg-sunken aria-[pressed=false]:opacity-50 sm:min-h-8"
          >
            <Swatch stroke={line.stroke} marked={line.marked ?? false} />
            <span className="flex min-w-0 grow flex-wrap items-center gap-x-3 py-1">
              <span dir="auto" className="min-w-0 grow basis-24 truncate">
                {line.label}
              </span>
              <span className="tabular max-w-full text-xs text-muted">
                {saying(line.curve, step, which, value, at)}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** "0.31 at step 120", or "last 0.30 · best 0.28 at step 90". */
export function saying(curve: Curve, step: number | null, which: Best, value: Props["value"], at: Props["at"]): string {
  if (step !== null) {
    const read = readingAt(curve, step);
    return read ? `${inWords(read, value)} at ${at(read.step)}` : "–";
  }
  const [end, top] = [last(curve), best(curve, which)];
  if (!end) return "nothing yet";
  const lasting = `last ${inWords(end, value)}`;
  return top ? `${lasting} · best ${value(which === "least" ? top.low : top.high)} at ${at(top.step)}` : lasting;
}

export function Swatch({ stroke, marked = false }: { stroke: Stroke; marked?: boolean }) {
  const colour = elementColour(stroke.hue);
  return (
    <svg width="24" height="10" aria-hidden="true" className="shrink-0">
      <line
        x1="1"
        y1="5"
        x2="23"
        y2="5"
        style={{ stroke: colour }}
        strokeWidth="2"
        strokeDasharray={stroke.dash.join(" ")}
      />
      {marked ? <circle cx="12" cy="5" r="3.2" style={{ fill: colour }} /> : null}
    </svg>
  );
}
