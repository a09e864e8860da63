/** What a plot says in words: the values at a step, the last and the best of each curve. */

import { type Curve, nearest } from "./curve.js";

export interface Reading {
  readonly step: number;
  readonly low: number;
  readonly high: number;
}

/** Which end of the values is good; null where neither is. */
export type Best = "least" | "greatest" | null;

/** The point or bucket nearest to a step; null on an empty curve. */
export function readingAt(curve: Curve, step: number): Reading | null {
  return pointOf(curve, nearest(curve, step));
}

export function last(curve: Curve): Reading | null {
  return pointOf(curve, curve.steps.length - 1);
}

/** Where the curve was best. */
export function best(curve: Curve, which: Best): Reading | null {
  if (!which) return null;
  const values = which === "least" ? curve.low : curve.high;
  let found = -1;
  for (let at = 0; at < values.length; at += 1) {
    const [value, before] = [values[at] as number, values[found] as number];
    if (Number.isNaN(value)) continue;
    if (found < 0 || (which === "least" ? value < before : value > before)) found = at;
  }
  return pointOf(curve, found);
}

function pointOf(curve: Curve, at: number): Reading | null {
  const [step, low, high] = [curve.steps[at], curve.low[at], curve.high[at]];
  return step === undefined || low === undefined || high === undefined ? null : { step, low, high };
}

/** One value, or from least to greatest of a bucket. */
export function inWords({ low, high }: Reading, format: (value: number) => string): string {
  const [one, other] = [format(low), format(high)];
  return one === other || Number.isNaN(low) ? one : `${one} to ${other}`;
}

/** The step a key leads to from another: the next point of the finest curve, a tenth, either end; null: no such key. */
export function stepBy(key: string, from: number | null, curves: readonly Curve[]): number | null {
  const guide = curves.reduce<Curve | null>(
    (most, each) => (each.steps.length > (most?.steps.length ?? 0) ? each : most),
    null,
  );
  if (!guide) return null;
  const end = guide.steps.length - 1;
  const here = from === null ? end : nearest(guide, from);
  const leap = Math.max(1, Math.round(guide.steps.length / 10));
  const moves: Record<string, number> = {
    ArrowLeft: from === null ? end : here - 1,
    ArrowRight: from === null ? end : here + 1,
    PageDown: here - leap,
    PageUp: here + leap,
    Home: 0,
    End: end,
  };
  const there = moves[key];
  return there === undefined ? null : (guide.steps[Math.min(Math.max(there, 0), end)] as number);
}
