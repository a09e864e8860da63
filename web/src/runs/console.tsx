/** The log of a run: follows its end, is searched, reaches back to the first line; draws only the rows in view. */

import { ArrowDown, ArrowUp, CircleAlert } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { exact } from "../format/figures.js";
import { Button, IconButton } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { INPUT } from "../ui/field.js";
import { Skeleton } from "../ui/states.js";
import { copy } from "../ui/take.js";
import { firstError, firstNumber, found, type Row } from "./logbook.js";
import type { LogReader } from "./logReader.js";
import { ROW_PIXELS, Rows } from "./rows.js";

const NEAR_END = 2 * ROW_PIXELS;

export function Console({ log }: { log: LogReader }) {
  const { book, read, reading } = useStore(log.state);
  const [text, setText] = useState("");
  const [match, setMatch] = useState(0);
  const [following, setFollowing] = useState(true);
  const [chosen, setChosen] = useState<Row | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const matches = useMemo(() => found(book, text), [book, text]);
  const missing = Math.max(0, firstNumber(book) - 1);
  const current = matches[Math.min(match, matches.length - 1)];
  useKeptPlace(scroller, book.rows, following);

  const show = (row: number) => {
    setFollowing(false);
    scroller.current?.scrollTo({ top: row * ROW_PIXELS - scroller.current.clientHeight / 2 });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new search shows its match; new lines do not move the view.
  useEffect(() => {
    if (current !== undefined) show(current);
  }, [text, match]);
  const toError = async () => {
    await log.all();
    const at = firstError(log.state.getState().book);
    if (at < 0) return;
    setChosen(log.state.getState().book.rows[at] ?? null);
    requestAnimationFrame(() => show(at));
  };
  const step = (by: number) => setMatch((match + by + matches.length) % Math.max(1, matches.length));
  return (
    <Card
      title="Log"
      hint={read ? lineCount(book.lines.length, missing) : "Reading the log"}
      actions={
        <>
          {missing > 0 || firstError(book) >= 0 ? (
            <Button busy={reading} onClick={toError}>
              <CircleAlert size={16} aria-hidden="true" /> First error
            </Button>
          ) : null}
          <Button aria-pressed={following} onClick={() => setFollowing(!following)}>
            <ArrowDown size={16} aria-hidden="true" /> {following ? "Following" : "Follow"}
          </Button>
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-2">
        <input
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setMatch(0);
          }}
          onKeyDown={(event) => event.key === "Enter" && step(event.shiftKey ? -1 : 1)}
          className={`${INPUT} min-w-0 grow basis-40`}
        />
        <output aria-live="polite" className="tabular text-sm text-muted">
          {text === ""
            ? ""
            : matches.length
              ? `${Math.min(match, matches.length - 1) + 1} of ${matches.length}`
              : "no match"}
        </output>
        <IconButton label="Previous match" disabled={matches.length === 0} onClick={() => step(-1)}>
          <ArrowUp size={18} />
        </IconButton>
        <IconButton label="Next match" disabled={matches.length === 0} onClick={() => step(1)}>
          <ArrowDown size={18} />
        </IconButton>
      </div>
      {missing > 0 ? (
        <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
          <span className="grow">{exact(missing)} earlier lines are not loaded.</span>
          <Button busy={reading} onClick={() => log.earlier()}>
            Load earlier lines
          </Button>
          <Button busy={reading} onClick={() => log.all()}>
            Load all
          </Button>
        </div>
      ) : null}
      {read ? (
        <Rows
          ref={scroller}
          rows={book.rows}
          text={text}
          current={current ?? -1}
          chosen={chosen}
          onChoose={setChosen}
          onScrolled={(element) =>
            setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END)
          }
        />
      ) : (
        <Skeleton className="h-72" />
      )}
      {chosen ? <Chosen row={chosen} /> : null}
    </Card>
  );
}

/** Stays at the end while it is followed; else what is in view stays there when earlier lines come before it. */
function useKeptPlace(scroller: { current: HTMLDivElement | null }, rows: readonly Row[], following: boolean): void {
  const first = useRef<Row | undefined>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    const before = first.current;
    first.current = rows[0];
    if (!element) return;
    if (following) element.scrollTop = element.scrollHeight;
    else if (before && rows[0] !== before) element.scrollTop += rows.indexOf(before) * ROW_PIXELS;
  }, [scroller, rows, following]);
}

function lineCount(held: number, missing: number): string {
  if (held === 0) return "No lines yet";
  return held + missing === 1 ? "1 line" : `${exact(held + missing)} lines`;
}

/** A row shows the beginning of its line; here is all of it. */
function Chosen({ row: { line } }: { row: Row }) {
  return (
    <div className="grid gap-2 rounded-[10px] bg-sunken p-3 text-sm">
      <div className="flex items-center gap-2 text-xs text-muted">
        <span className="tabular grow">
          Line {line.number}, {line.level}, {new Date(line.at).toLocaleString("en")}, attempt {line.attempt}
        </span>
        <Button onClick={() => copy(line.text, "Line")}>Copy</Button>
      </div>
      <pre dir="auto" className="max-h-60 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">
        {line.text}
      </pre>
    </div>
  );
}
