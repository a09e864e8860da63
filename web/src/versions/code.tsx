/** Source with numbered lines; of a long one the browser draws only what is seen. */

import { useMemo } from "react";
import { type Kind, lines, type Piece } from "./python.js";

const LOOKS: Record<Kind, string> = {
  plain: "",
  keyword: "text-accent-text",
  definition: "font-semibold",
  number: "text-warn",
  text: "text-good",
  comment: "text-muted italic",
};
interface Row {
  readonly number: number;
  readonly pieces: readonly Piece[];
}

const AT_ONCE = 100;
const LINE_REM = 1.25;

export function Code({ source, label }: { source: string; label: string }) {
  const parts = useMemo(() => chunks(lines(source.trimEnd())), [source]);
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
      tabIndex={0}
      className="max-h-[75dvh] overflow-auto rounded-xl bg-sunken py-3"
    >
      <pre className="w-max min-w-full font-mono text-[13px] leading-5">
        <code>
          {parts.map((rows) => (
            <span
              key={rows[0]?.number}
              className="block [content-visibility:auto]"
              style={{ containIntrinsicSize: `auto ${rows.length * LINE_REM}rem` }}
            >
              {rows.map((row) => (
                <Line key={row.number} {...row} />
              ))}
            </span>
          ))}
        </code>
      </pre>
    </section>
  );
}

function Line({ number, pieces }: Row) {
  return (
    <span className="flex min-h-5 pr-4">
      <span
        aria-hidden="true"
        data-line={number}
        className="sticky left-0 w-12 shrink-0 bg-sunken pr-4 text-right text-muted select-none before:content-[attr(data-line)] sm:w-14"
      />
      <span>
        {pieces.map(({ kind, text }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name, and keep their order.
          <span key={at} className={LOOKS[kind]}>
            {text}
          </span>
        ))}
        {"\n"}
      </span>
    </span>
  );
}

function chunks(found: readonly (readonly Piece[])[]): (readonly Row[])[] {
  const rows = found.map((pieces, at) => ({ number: at + 1, pieces }));
  const count = Math.ceil(rows.length / AT_ONCE);
  return Array.from({ length: count }, (_, at) => rows.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
}
