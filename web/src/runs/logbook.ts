/** The lines of a run's log: in order, each once, however they came; shown as rows, searched. */

import type { LogLine } from "./queries.js";

/** One row of the console: a line of text, or a further row of one that has several. */
export interface Row {
  readonly line: LogLine;
  readonly text: string;
  readonly first: boolean;
}

export interface Logbook {
  readonly lines: readonly LogLine[];
  readonly rows: readonly Row[];
}

export const EMPTY: Logbook = { lines: [], rows: [] };

/** The number of the first line held; 0 of none. */
export function firstNumber({ lines }: Logbook): number {
  return Number(lines[0]?.number ?? 0);
}

export function lastNumber({ lines }: Logbook): number {
  return Number(lines.at(-1)?.number ?? 0);
}

/** The book with newer lines; those it has are passed over. */
export function written(book: Logbook, newer: readonly LogLine[]): Logbook {
  const last = lastNumber(book);
  const fresh = newer.filter(({ number }) => Number(number) > last);
  return fresh.length === 0
    ? book
    : { lines: [...book.lines, ...fresh], rows: [...book.rows, ...fresh.flatMap(rowsOf)] };
}

/** The book with lines that came before. */
export function preceded(book: Logbook, older: readonly LogLine[]): Logbook {
  const first = firstNumber(book) || Number.POSITIVE_INFINITY;
  const fresh = older.filter(({ number }) => Number(number) < first);
  return fresh.length === 0
    ? book
    : { lines: [...fresh, ...book.lines], rows: [...fresh.flatMap(rowsOf), ...book.rows] };
}

function rowsOf(line: LogLine): readonly Row[] {
  return line.text.split(/\r?\n/).map((text, at) => ({ line, text, first: at === 0 }));
}

/** Places of the rows that hold a text, whatever its case. */
export function found({ rows }: Logbook, text: string): readonly number[] {
  const wanted = text.toLowerCase();
  if (wanted === "") return [];
  return rows.flatMap((row, at) => (row.text.toLowerCase().includes(wanted) ? [at] : []));
}

/** The place of the first row of an error; -1 where there is none. */
export function firstError({ rows }: Logbook): number {
  return rows.findIndex(({ line }) => line.level === "error");
}
