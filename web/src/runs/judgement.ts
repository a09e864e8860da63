/** The evaluation of a run as the worker reports it, and what can be read from it. */

export interface ClassFigures {
  readonly name: string;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly support: number;
}

/** `confusion[i][j]` counts samples of class i taken for class j; the loss is null where it is no number. */
export interface Evaluation {
  readonly samples: number;
  readonly accuracy: number;
  readonly loss: number | null;
  readonly classes: readonly ClassFigures[];
  readonly confusion: readonly (readonly number[])[];
}

/** The evaluation in what the gateway sends; null where it is none. */
export function evaluationOf(given: unknown): Evaluation | null {
  const found = given as Partial<Evaluation> | null;
  return found && Array.isArray(found.classes) && Array.isArray(found.confusion) ? (found as Evaluation) : null;
}

export interface Mistake {
  readonly actual: string;
  readonly taken: string;
  readonly count: number;
}

/** Which classes are taken for which, most often first. */
export function mistakes({ classes, confusion }: Evaluation, most: number): readonly Mistake[] {
  const all = confusion.flatMap((row, i) =>
    row.flatMap((count, j) =>
      i !== j && count > 0 ? [{ actual: name(classes, i), taken: name(classes, j), count }] : [],
    ),
  );
  return all.sort((one, other) => other.count - one.count).slice(0, most);
}

const name = (classes: readonly ClassFigures[], at: number) => classes[at]?.name ?? String(at);

export type Column = "name" | "precision" | "recall" | "f1" | "support";

/** Classes in order of a column; figures that do not exist come last either way. */
export function sorted(classes: readonly ClassFigures[], by: Column, descending: boolean): readonly ClassFigures[] {
  const sign = descending ? -1 : 1;
  return [...classes].sort((one, other) => {
    const [a, b] = [one[by], other[by]];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === "number") return sign * (a - (b as number));
    return sign * a.localeCompare(b as string, "en", { numeric: true });
  });
}
