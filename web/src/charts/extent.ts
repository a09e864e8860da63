/** How much of the axes a plot needs to show everything in view. */

import type { Curve } from "./curve.js";
import { inView } from "./paint.js";

export type Range = readonly [from: number, to: number];

const NOTHING: Range = [0, 1];

/** The steps of all curves. */
export function stepsOf(curves: readonly Curve[]): Range {
  const some = curves.filter(({ steps }) => steps.length > 0);
  if (some.length === 0) return NOTHING;
  const from = Math.min(...some.map(({ steps }) => steps[0] as number));
  const to = Math.max(...some.map(({ steps }) => steps.at(-1) as number));
  return from < to ? [from, to] : [from - 0.5, to + 0.5];
}

/** The values of all curves between two steps, with air around; on a log scale only what is above zero counts. */
export function valuesOf(curves: readonly Curve[], [from, to]: Range, log: boolean, within?: Range): Range {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const curve of curves) {
    const [first, last] = inView(curve, { from, to });
    for (let at = first; at <= last && at < curve.steps.length; at += 1) {
      const [low, high] = [curve.low[at] as number, curve.high[at] as number];
      if (low < least && Number.isFinite(low) && (!log || low > 0)) least = low;
      if (high > greatest && Number.isFinite(high) && (!log || high > 0)) greatest = high;
      if (log && low <= 0 && high > 0 && high < least) least = high;
    }
  }
  if (least > greatest) return log ? [0.1, 1] : NOTHING;
  return log ? airyLog(least, greatest) : airy(least, greatest, within);
}

function airy(least: number, greatest: number, within?: Range): Range {
  const air = (greatest - least || Math.abs(greatest) || 1) * 0.06;
  const [floor, ceiling] = within ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return [Math.max(floor, least - air), Math.min(ceiling, greatest + air)];
}

function airyLog(least: number, greatest: number): Range {
  const air = (greatest / least) ** 0.06;
  return air > 1.01 ? [least / air, greatest * air] : [least / 1.1, greatest * 1.1];
}

/** A range of at least `smallest`, moved and cut so that it stays within another; null where it is all of it. */
export function kept([from, to]: Range, [least, greatest]: Range, smallest: number): Range | null {
  const width = Math.max(to - from, smallest);
  if (width >= greatest - least) return null;
  const start = Math.min(Math.max((from + to - width) / 2, least), greatest - width);
  return [start, start + width];
}

/** The range made `factor` as wide around a point that stays where it is. */
export function around([from, to]: Range, point: number, factor: number): Range {
  return [point - (point - from) * factor, point + (to - point) * factor];
}
