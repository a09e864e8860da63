/** Curves made calm for the eye. */

import type { Curve } from "./curve.js";

/** Spans that can be chosen, in points; 1 leaves a curve as it is. */
export const SPANS: readonly number[] = [1, 3, 5, 10, 20, 50, 100, 200, 500, 1000];

const known = new WeakMap<Curve, { readonly span: number; readonly values: Float32Array }>();

/** The line drawn: the middle of each bucket, averaged over about `span` points; remembered per curve. */
export function line(curve: Curve, span: number): Float32Array {
  const found = known.get(curve);
  if (found?.span === span) return found.values;
  const values = span > 1 ? smoothed(curve, span) : middles(curve);
  known.set(curve, { span, values });
  return values;
}

function middles({ low, high }: Curve): Float32Array {
  return low === high ? low : low.map((value, at) => (value + (high[at] as number)) / 2);
}

/**
 * An exponential average that begins without bias and fades by distance in steps, so that a thinned curve and one with
 * every point are smoothed alike. What is no number stays so and is left out of the average.
 */
export function smoothed(curve: Curve, span: number): Float32Array {
  const fade = -1 / (span * spacing(curve));
  const values = middles(curve);
  const result = new Float32Array(values.length);
  const [first = 0, second = first + spacing(curve)] = curve.steps;
  let [sum, weight, before] = [0, 0, 2 * first - second];
  for (let at = 0; at < values.length; at += 1) {
    const [value, step] = [values[at] as number, curve.steps[at] as number];
    if (!Number.isFinite(value)) {
      result[at] = value;
      continue;
    }
    const kept = Math.exp((step - before) * fade);
    const share = 1 - kept;
    sum = sum * kept + value * share;
    weight = weight * kept + share;
    result[at] = weight > 0 ? sum / weight : value;
    before = step;
  }
  return result;
}

/** Steps from one recorded point to the next. */
function spacing({ steps, total }: Curve): number {
  const across = (steps.at(-1) ?? 0) - (steps[0] ?? 0);
  return total > 1 && across > 0 ? across / (total - 1) : 1;
}
