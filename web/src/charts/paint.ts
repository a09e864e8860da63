/** Draws one curve on a canvas: at most four points per column of pixels, so that a long curve costs no more to stroke. */

import { type Curve, indexOf, isExact } from "./curve.js";
import type { Ink, Stroke } from "./palette.js";
import { line } from "./smooth.js";

/** From figures to pixels of the canvas. */
export interface Projection {
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
  /** The steps in view. */
  readonly from: number;
  readonly to: number;
}

export interface Painted {
  readonly curve: Curve;
  readonly stroke: Stroke;
  /** Few points that mean much, such as one per epoch, are marked. */
  readonly marked?: boolean;
}

/** What a path is built on: Path2D, or whatever a test records with. */
export type Pen = Pick<Path2D, "moveTo" | "lineTo">;

const MOST_MARKS = 60;

export function paint(context: CanvasRenderingContext2D, ink: Ink, given: Painted, span: number, to: Projection): void {
  const { curve, stroke } = given;
  if (curve.steps.length === 0) return;
  const ratio = devicePixelRatio || 1;
  const [first, last] = inView(curve, to);
  context.lineJoin = "round";
  paintRange(context, ink, given, span, to, [first, last]);
  context.setLineDash(stroke.dash.map((length) => length * ratio));
  context.lineWidth = 1.75 * ratio;
  context.strokeStyle = ink.colour(stroke.hue);
  const values = line(curve, span);
  const path = new Path2D();
  trace(path, curve.steps, values, first, last, to);
  context.stroke(path);
  context.setLineDash([]);
  if (last - first < MOST_MARKS && (given.marked || last === first)) {
    context.fillStyle = ink.colour(stroke.hue);
    for (let at = first; at <= last; at += 1) mark(context, to, curve.steps[at] as number, values[at] as number, ratio);
  }
}

/** What smoothing and buckets would hide, faintly: the band of extremes, or the curve as it was measured. */
function paintRange(
  context: CanvasRenderingContext2D,
  ink: Ink,
  { curve, stroke }: Painted,
  span: number,
  to: Projection,
  [first, last]: readonly [number, number],
): void {
  const path = new Path2D();
  if (!isExact(curve)) {
    band(path, curve, first, last, to);
    context.fillStyle = ink.colour(stroke.hue, 0.2);
    context.fill(path);
  } else if (span > 1) {
    trace(path, curve.steps, curve.low, first, last, to);
    context.lineWidth = devicePixelRatio || 1;
    context.strokeStyle = ink.colour(stroke.hue, 0.3);
    context.stroke(path);
  }
}

function mark(context: CanvasRenderingContext2D, to: Projection, step: number, value: number, ratio: number): void {
  if (!Number.isFinite(value)) return;
  context.beginPath();
  context.arc(to.x(step), to.y(value), 2.75 * ratio, 0, 2 * Math.PI);
  context.fill();
}

/** Indices of what is in view, and one more at each side, so that lines reach the edges. */
export function inView(curve: Curve, { from, to }: Pick<Projection, "from" | "to">): readonly [number, number] {
  const first = Math.max(0, indexOf(curve, from) - 1);
  return [first, Math.max(first, Math.min(curve.steps.length - 1, indexOf(curve, to)))];
}

/** The line through the points; of each column of pixels its first, least, greatest and last. Gaps at what is no number. */
export function trace(
  pen: Pen,
  steps: Float64Array,
  values: Float32Array,
  first: number,
  last: number,
  to: Projection,
): void {
  let down = false;
  for (let at = first; at <= last; ) {
    const x = Math.round(to.x(steps[at] as number));
    const column = columnOf(steps, values, at, last, x, to);
    if (Number.isFinite(column.enter)) {
      if (down) pen.lineTo(x, to.y(column.enter));
      else pen.moveTo(x, to.y(column.enter));
      if (column.low !== column.high) {
        pen.lineTo(x, to.y(column.low));
        pen.lineTo(x, to.y(column.high));
        pen.lineTo(x, to.y(column.leave));
      }
      down = true;
    }
    if (column.gap) down = false;
    at = column.next;
  }
}

interface Column {
  readonly enter: number;
  readonly leave: number;
  readonly low: number;
  readonly high: number;
  readonly gap: boolean;
  readonly next: number;
}

function columnOf(
  steps: Float64Array,
  values: Float32Array,
  from: number,
  last: number,
  x: number,
  to: Projection,
): Column {
  let [enter, leave, low, high] = [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let at = from;
  for (; at <= last && (at === from || Math.round(to.x(steps[at] as number)) === x); at += 1) {
    const value = values[at] as number;
    if (!Number.isFinite(value)) continue;
    if (Number.isNaN(enter)) enter = value;
    leave = value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { enter, leave, low, high, gap: !Number.isFinite(values[at - 1] as number), next: at };
}

/** The area between least and greatest, column by column. */
export function band(pen: Pen, curve: Curve, first: number, last: number, to: Projection): void {
  const back: [number, number][] = [];
  let begun = false;
  for (let at = first; at <= last; at += 1) {
    const [low, high] = [curve.low[at] as number, curve.high[at] as number];
    if (!Number.isFinite(low) || !Number.isFinite(high)) continue;
    const x = to.x(curve.steps[at] as number);
    if (begun) pen.lineTo(x, to.y(low));
    else pen.moveTo(x, to.y(low));
    begun = true;
    back.push([x, to.y(high)]);
  }
  for (const [x, y] of back.reverse()) pen.lineTo(x, y);
}
