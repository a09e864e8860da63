/** Rows of a log, of which only those in view are elements; all are equally high. */

import { type Ref, useImperativeHandle, useRef, useState } from "react";
import type { Row } from "./logbook.js";

export const ROW_PIXELS = 22;
const BEYOND = 12;
const INITIAL = 30;

const TONES: Record<string, string> = { error: "text-bad", warning: "text-warn", debug: "text-muted" };

interface Props {
  readonly ref: Ref<HTMLDivElement>;
  readonly rows: readonly Row[];
  /** What is searched for. */
  readonly text: string;
  /** The place of the match that is shown; -1 of none. */
  readonly current: number;
  readonly chosen: Row | null;
  readonly onChoose: (row: Row) => void;
  readonly onScrolled: (element: HTMLDivElement) => void;
}

export function Rows({ ref, rows, text, current, chosen, onChoose, onScrolled }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => scroller.current as HTMLDivElement);
  const [top, setTop] = useState(0);
  const [first, last] = windowOf(rows.length, top, scroller.current?.clientHeight);
  const visible = rows.slice(first, last).map((row, at) => ({ row, place: first + at }));
  return (
    <div
      ref={scroller}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
      tabIndex={0}
      onScroll={({ currentTarget }) => {
        setTop(currentTarget.scrollTop);
        onScrolled(currentTarget);
      }}
      className="h-72 overflow-auto overscroll-contain rounded-[10px] border border-line bg-sunken font-mono text-xs sm:h-96"
    >
      <div className="relative min-w-max" style={{ height: rows.length * ROW_PIXELS }}>
        {visible.map(({ row, place }) => (
          <OneRow
            key={place}
            row={row}
            place={place}
            text={text}
            current={place === current}
            chosen={row === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  );
}

/** First and behind-last place of the rows to draw. */
export function windowOf(count: number, top: number, height = INITIAL * ROW_PIXELS): readonly [number, number] {
  const first = Math.max(0, Math.min(Math.floor(top / ROW_PIXELS), count - 1) - BEYOND);
  return [first, Math.min(count, Math.ceil((top + height) / ROW_PIXELS) + BEYOND)];
}

interface OneProps {
  readonly row: Row;
  readonly place: number;
  readonly text: string;
  readonly current: boolean;
  readonly chosen: boolean;
  readonly onChoose: (row: Row) => void;
}

function OneRow({ row, place, text, current, chosen, onChoose }: OneProps) {
  const { line, first } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search reaches every line by keys; a tap is a shortcut.
    // biome-ignore lint/a11y/noStaticElementInteractions: as above.
    <div
      onClick={() => onChoose(row)}
      className={`absolute flex w-full items-center gap-3 px-3 whitespace-pre ${TONES[line.level] ?? ""} ${chosen ? "bg-accent-soft" : ""}`}
      style={{ top: place * ROW_PIXELS, height: ROW_PIXELS }}
    >
      <span className="tabular w-10 shrink-0 text-right text-muted select-none">{first ? line.number : ""}</span>
      <span className="tabular shrink-0 text-muted select-none">{first ? clock(line.at) : "        "}</span>
      {line.level === "info" || !first ? null : <span className="font-semibold">{line.level}</span>}
      <span dir="auto">{text === "" ? row.text : marked(row.text, text, current)}</span>
    </div>
  );
}

function clock(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** The row's text with what was searched for marked. */
function marked(whole: string, text: string, current: boolean) {
  const at = whole.toLowerCase().indexOf(text.toLowerCase());
  if (at < 0) return whole;
  return (
    <>
      {whole.slice(0, at)}
      <mark className={current ? "bg-accent text-accent-ink" : "bg-warn-soft text-warn"}>
        {whole.slice(at, at + text.length)}
      </mark>
      {whole.slice(at + text.length)}
    </>
  );
}
