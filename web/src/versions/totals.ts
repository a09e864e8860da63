/** The totals that states are compared by, and how far apart two are. */

import { type Analysis, text } from "../blueprint/index.js";
import { bytes, count, percent } from "../format/figures.js";

export interface Figure {
  readonly name: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

type Show = (value: string) => string;

const SHOWN: readonly [name: "params" | "macs" | "weightBytes" | "activationBytes" | "trainingBytes", label: string][] =
  [
    ["params", "Parameters"],
    ["macs", "MACs"],
    ["weightBytes", "Weights"],
    ["activationBytes", "Activations"],
    ["trainingBytes", "Training memory"],
  ];

/** Counts as decimal text, expressions where sizes are symbols. */
export function figures(before: Analysis, after: Analysis): readonly Figure[] {
  return SHOWN.map(([name, label]) => {
    return { name, label, before: text(before.totals[name]), after: text(after.totals[name]) };
  });
}

/** How a figure is written. */
export function shownBy(name: string): Show {
  return /bytes$/i.test(name) ? bytes : count;
}

/** "+1.2 K (+4.0 %)", "±0", or "another expression" where sizes are symbols. */
export function difference(before: string, after: string, show: Show): string {
  if (before === after) return "±0";
  if (!/^\d+$/.test(before) || !/^\d+$/.test(after)) return "differs";
  const change = BigInt(after) - BigInt(before);
  const [sign, size] = change < 0n ? ["−", -change] : ["+", change];
  const share = Number(before) === 0 ? "" : ` (${sign}${percent(Number(size) / Number(before))})`;
  return `${sign}${show(String(size))}${share}`;
}
