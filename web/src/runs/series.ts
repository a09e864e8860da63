/** What the worker's series mean: which belong in one chart, what they are called, which way is good. */

import type { Range } from "../charts/extent.js";
import type { Best } from "../charts/readout.js";
import { count, percent } from "../format/figures.js";

export interface Kind {
  readonly name: string;
  readonly title: string;
  readonly which: Best;
  readonly value: (value: number) => string;
  readonly within?: Range;
}

const SPLITS: Record<string, string> = { train: "Training", val: "Validation", test: "Test" };
const SHARE: Range = [0, 1];
const KNOWN: Record<string, Omit<Kind, "name">> = {
  loss: { title: "Loss", which: "least", value: figure },
  accuracy: { title: "Accuracy", which: "greatest", value: share, within: SHARE },
  learning_rate: { title: "Learning rate", which: null, value: figure },
  samples_per_second: { title: "Samples per second", which: null, value: (value) => count(Math.round(value)) },
};

/** "train/loss" is a kind of "loss", on the split "train"; a name without a split is a kind of its own. */
export function kindOf(series: string): string {
  return series.slice(series.indexOf("/") + 1);
}

export function splitOf(series: string): string {
  const split = series.includes("/") ? series.slice(0, series.indexOf("/")) : "";
  return SPLITS[split] ?? split;
}

/** A kind that the worker names and this studio does not know is shown under its own name. */
export function kind(name: string): Kind {
  const unknown = { title: capital(name.replaceAll(/[_/]/g, " ")), which: null, value: figure };
  return { name, ...(Object.hasOwn(KNOWN, name) ? (KNOWN[name] as Omit<Kind, "name">) : unknown) };
}

/** "Validation loss"; of a series without a split its title. */
export function seriesTitle(series: string): string {
  const [split, { title }] = [splitOf(series), kind(kindOf(series))];
  return split ? `${split} ${title.toLowerCase()}` : title;
}

/** The series of each chart: loss, accuracy, then others by name; training before validation. */
export function grouped(names: Iterable<string>): readonly (readonly [kind: string, series: readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const name of [...names].sort()) groups.set(kindOf(name), [...(groups.get(kindOf(name)) ?? []), name]);
  return [...groups].sort(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other));
}

function rank(name: string): number {
  const at = Object.keys(KNOWN).indexOf(name);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** Four digits that matter, without a trail of zeros; JSON says null for what is no number. */
export function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return "no number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return value
      .toExponential(2)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

function share(value: number): string {
  return percent(value, Number.isInteger(Math.round(value * 1e6) / 1e4) ? 0 : 1);
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
