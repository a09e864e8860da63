/** A curve in typed arrays: decoded once as it arrives, grown by what is reported, thinned without hiding anything. */

/** `low` and `high` are the same array where every point is given; else the extremes of each bucket from its step on. */
export interface Curve {
  readonly steps: Float64Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Points recorded, of which the arrays may hold fewer. */
  readonly total: number;
}

/** As the gateway sends it: base64 of little-endian int64 steps and float32 values; `maxima` is empty without buckets. */
export interface Encoded {
  readonly steps: string;
  readonly values: string;
  readonly maxima?: string;
  readonly totalPoints?: string;
}

export const EMPTY: Curve = exactly(new Float64Array(), new Float32Array());
const TWO_32 = 2 ** 32;

export function isExact(curve: Curve): boolean {
  return curve.low === curve.high;
}

/** The arrays behind base64; throws RangeError where they do not belong together. */
export function decoded({ steps, values, maxima = "", totalPoints }: Encoded): Curve {
  const [at, low] = [int64(steps), float32(values)];
  const high = maxima === "" ? low : float32(maxima);
  if (at.length !== low.length || at.length !== high.length) {
    throw new RangeError(`a curve has ${at.length} steps, ${low.length} values and ${high.length} maxima`);
  }
  return { steps: at, low, high, total: totalPoints === undefined ? at.length : Number(totalPoints) };
}

/** Safe for steps up to 2^53. */
function int64(text: string): Float64Array {
  const halves = new Uint32Array(bytesOf(text));
  const found = new Float64Array(halves.length / 2);
  for (let at = 0; at < found.length; at += 1) {
    found[at] = (halves[2 * at] as number) + (halves[2 * at + 1] as number) * TWO_32;
  }
  return found;
}

function float32(text: string): Float32Array {
  return new Float32Array(bytesOf(text));
}

function bytesOf(text: string): ArrayBuffer {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes.buffer;
}

function exactly(steps: Float64Array, values: Float32Array): Curve {
  return { steps, low: values, high: values, total: steps.length };
}

export function lastStep(curve: Curve): number {
  return curve.steps.at(-1) ?? -1;
}

/** The first index whose step is at least `step`; the length where there is none. */
export function indexOf(curve: Curve, step: number): number {
  let [from, to] = [0, curve.steps.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((curve.steps[middle] as number) < step) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The index whose step lies nearest; -1 on an empty curve. */
export function nearest(curve: Curve, step: number): number {
  const at = indexOf(curve, step);
  const [before, after] = [curve.steps[at - 1], curve.steps[at]];
  if (after === undefined) return curve.steps.length - 1;
  return before !== undefined && step - before < after - step ? at - 1 : at;
}

/** The curve with newer points; where steps come again, as after a resumed attempt, the newer value stands. */
export function appended(curve: Curve, newer: Curve): Curve {
  if (newer.steps.length === 0) return curve;
  const keep = indexOf(curve, newer.steps[0] as number);
  if (keep === curve.steps.length) return joined([curve, newer], curve.total + newer.total);
  const until = lastStep(newer);
  const rest = indexOf(curve, until) + (curve.steps[indexOf(curve, until)] === until ? 1 : 0);
  const replaced = rest - keep;
  const parts = [part(curve, 0, keep), newer, part(curve, rest, curve.steps.length)];
  return joined(parts, Math.max(curve.total, curve.total + newer.total - replaced));
}

/** What was read from the server, and behind it what has been reported since. */
export function caughtUp(read: Curve, live: Curve): Curve {
  const from = indexOf(live, lastStep(read) + 1);
  const since = part(live, from, live.steps.length);
  return since.steps.length === 0 ? read : joined([read, since], read.total + since.steps.length);
}

function part(curve: Curve, from: number, to: number): Curve {
  const low = curve.low.subarray(from, to);
  const high = isExact(curve) ? low : curve.high.subarray(from, to);
  return { steps: curve.steps.subarray(from, to), low, high, total: to - from };
}

function joined(parts: readonly Curve[], total: number): Curve {
  const length = parts.reduce((sum, { steps }) => sum + steps.length, 0);
  const [steps, low] = [new Float64Array(length), new Float32Array(length)];
  const high = parts.every(isExact) ? low : new Float32Array(length);
  let at = 0;
  for (const each of parts) {
    steps.set(each.steps, at);
    low.set(each.low, at);
    if (high !== low) high.set(each.high, at);
    at += each.steps.length;
  }
  return { steps, low, high, total };
}

/** The curve in at most `most` buckets: neighbours are joined, their extremes stay. */
export function thinned(curve: Curve, most: number): Curve {
  let thin = curve;
  while (thin.steps.length > most) thin = halved(thin);
  return thin;
}

function halved(curve: Curve): Curve {
  const length = Math.ceil(curve.steps.length / 2);
  const [steps, low, high] = [new Float64Array(length), new Float32Array(length), new Float32Array(length)];
  for (let at = 0; at < length; at += 1) {
    steps[at] = curve.steps[2 * at] as number;
    low[at] = least(curve.low[2 * at] as number, curve.low[2 * at + 1]);
    high[at] = most(curve.high[2 * at] as number, curve.high[2 * at + 1]);
  }
  return { steps, low, high, total: curve.total };
}

/** What is no number is passed over, as long as there is another. */
const least = (one: number, other = Number.NaN) => (other < one || Number.isNaN(one) ? other : one);
const most = (one: number, other = Number.NaN) => (other > one || Number.isNaN(one) ? other : one);

/** The curve along another axis: epochs, seconds. */
export function stretched(curve: Curve, factor: number): Curve {
  return factor === 1 ? curve : { ...curve, steps: curve.steps.map((step) => step * factor) };
}
