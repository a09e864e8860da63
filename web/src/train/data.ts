/** Versions of data: which is chosen, and their shares as people write them, in percent, and as the gateway takes them, in per mille. */

/** A version of a dataset. */
export interface Chosen {
  readonly dataset: string;
  readonly version: number;
}

export interface Shares {
  readonly train: string;
  readonly validation: string;
  readonly test: string;
}

export interface Split {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export const PARTS = ["train", "validation", "test"] as const;
export type Part = (typeof PARTS)[number];
export const PART_NAMES: Record<Part, string> = { train: "Training", validation: "Validation", test: "Test" };
export const USUAL: Shares = { train: "70", validation: "15", test: "15" };

export function perMille(shares: Shares): Split {
  const of = (part: Part) => Math.round(Number(shares[part]) * 10);
  return { train: of("train"), validation: of("validation"), test: of("test") };
}

/** What is wrong with the shares, in one sentence; null where nothing is. */
export function splitProblem(shares: Shares): string | null {
  const wrong = PARTS.find((part) => !/^\s*\d{1,3}(\.\d)?\s*$/.test(shares[part]) || Number(shares[part]) <= 0);
  if (wrong) return `${PART_NAMES[wrong]} needs a share above 0, with at most one decimal.`;
  const sum = PARTS.reduce((all, part) => all + perMille(shares)[part], 0);
  if (sum === 1000) return null;
  const off = Math.abs(1000 - sum) / 10;
  return `The shares add up to ${sum / 10} %; ${sum < 1000 ? `add ${off} %` : `take away ${off} %`} to make 100 %.`;
}

/** "70 / 15 / 15 %" */
export function inWords({ train, validation, test }: Split): string {
  return `${train / 10} / ${validation / 10} / ${test / 10} %`;
}

/** "1 × 8 × 8" */
export function shape(sizes: readonly number[]): string {
  return sizes.join(" × ");
}
