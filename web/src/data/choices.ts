/** How a file is to become data: what people choose, and what the gateway takes of it. */

import type { VariablesOf } from "../gateway/graphql.js";
import { type Shares, splitProblem, USUAL } from "../train/data.js";
import type { MAKE_UPLOADED } from "./queries.js";

export type Options = VariablesOf<typeof MAKE_UPLOADED>["options"];
export type Kind = "IMAGE_FOLDERS" | "CSV";
export type Fit = "PAD" | "CROP" | "STRETCH";
export type Missing = "FAIL" | "DROP_ROW" | "FILL";
export type Categories = "ONE_HOT" | "ORDINAL";

export interface Choices {
  readonly kind: Kind;
  readonly name: string;
  /** Percent of bad files or rows that are left out. */
  readonly skip: string;
  /** Pixels a side; empty for what is commonest. */
  readonly size: string;
  readonly channels: 0 | 1 | 3;
  readonly fit: Fit;
  readonly target: string;
  readonly delimiter: string;
  readonly missing: Missing;
  readonly categories: Categories;
  readonly keepScale: boolean;
  readonly shares: Shares;
}

export const LARGEST_BYTES = 2 * 1024 ** 3;
const LARGEST_SIDE = 512;

export const FRESH: Choices = {
  kind: "IMAGE_FOLDERS",
  name: "",
  skip: "0",
  size: "",
  channels: 0,
  fit: "PAD",
  target: "",
  delimiter: "",
  missing: "FAIL",
  categories: "ONE_HOT",
  keepScale: false,
  shares: USUAL,
};

/** Choices for a file just picked: its kind by its name, and the name without the ending. */
export function pickedUp(choices: Choices, filename: string): Choices {
  const kind = /\.(csv|tsv|txt)$/i.test(filename) ? "CSV" : "IMAGE_FOLDERS";
  return { ...choices, kind, name: filename.replace(/\.[^.]*$/, "").slice(0, 100) };
}

export function options(choices: Choices): Options {
  const skipPerMille = Math.round(Number(choices.skip) * 10);
  const { size, channels, fit, target, delimiter, missing, categories, keepScale } = choices;
  if (choices.kind === "IMAGE_FOLDERS") {
    return { skipPerMille, images: { height: Number(size), width: Number(size), channels, fit } };
  }
  return {
    skipPerMille,
    table: { target: target.trim(), delimiter, columns: [], missing, categories, keepScale },
  };
}

/** What is wrong with each choice, in one sentence. */
export interface Problems {
  readonly file: string | null;
  readonly name: string | null;
  readonly skip: string | null;
  readonly size: string | null;
  readonly split: string | null;
}

export function problems(choices: Choices, file: File | null): Problems {
  const { name, skip, size, kind } = choices;
  return {
    file: file && fileProblem(file),
    name: name.trim() ? null : "Give the data a name.",
    skip: /^\s*\d{1,3}(\.\d)?\s*$/.test(skip) && Number(skip) <= 100 ? null : "A share from 0 to 100, such as 5.",
    size: kind === "IMAGE_FOLDERS" && !sizeFits(size) ? `A whole number from 1 to ${LARGEST_SIDE}, or nothing.` : null,
    split: splitProblem(choices.shares),
  };
}

function fileProblem({ size }: File): string | null {
  if (size === 0) return "The file is empty.";
  return size > LARGEST_BYTES ? "The file is larger than 2 GiB; make it smaller, or split it." : null;
}

function sizeFits(size: string): boolean {
  return size.trim() === "" || (/^\s*\d{1,3}\s*$/.test(size) && Number(size) >= 1 && Number(size) <= LARGEST_SIDE);
}
