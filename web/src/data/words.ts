/** What an ingest does and what it found, in words. */

import { exact } from "../format/figures.js";

const STAGES: Record<string, string> = {
  fetching: "Fetching the file",
  looking: "Looking through it",
  decoding: "Decoding images",
  encoding: "Reading rows",
  writing: "Writing",
  storing: "Storing",
};

interface Progress {
  readonly stage: string;
  readonly done: string;
  readonly total: string;
}

/** "Decoding images, 1,200 of 4,000" */
export function progressInWords(progress: Progress | null): string {
  if (!progress) return "Waiting for its turn";
  const { stage, done, total } = progress;
  const doing = STAGES[stage] ?? stage;
  if (stage === "fetching") return doing;
  return total === "0" ? `${doing}, ${exact(done)} so far` : `${doing}, ${exact(done)} of ${exact(total)}`;
}

/** From 0 to 1; null where nobody knows yet. */
export function share(progress: Progress | null): number | null {
  if (!progress || progress.total === "0") return null;
  return Number(progress.done) / Number(progress.total);
}

interface Fault {
  readonly path: string | null;
  readonly row: string | null;
  readonly column: string | null;
}

/** Where a fault is: a file, or a row and its column. */
export function place({ path, row, column }: Fault): string {
  if (path) return path;
  return column ? `Row ${exact(row ?? 0)}, column ${column}` : `Row ${exact(row ?? 0)}`;
}

const CODES: Record<string, string> = {
  not_an_image: "no image",
  no_class: "in no class folder",
  bad_class: "class name too long",
  too_large: "too large",
  no_target: "without target",
  mixed: "of another type",
};

/** "3 truncated, 1 no image" */
export function countsInWords(counts: readonly { readonly code: string; readonly count: number }[]): string {
  return counts.map(({ code, count }) => `${exact(count)} ${CODES[code] ?? code}`).join(", ");
}
