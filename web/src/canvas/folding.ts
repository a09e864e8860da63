/**
 * Long networks on short paper: the flow is cut into strips that stand side by side, read like columns of a newspaper.
 *
 * Boxes are given as data flows down; whoever draws from left to right turns them before and after.
 */

import { extent } from "./geometry.js";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle and the strip it has come to stand in. */
export type Folded<Box extends Rectangle> = Box & { readonly strip: number };

/** Between strips: room for the lines that lead on from one to the next. */
const GUTTER = 72;
const MOST_STRIPS = 16;
/** Below this a picture of one piece is worth more than a larger one. */
const WORTH = 1.25;

/** The boxes in as many strips as make them largest on paper whose width is `aspect` times its height. */
export function folded<Box extends Rectangle>(boxes: readonly Box[], aspect: number): Folded<Box>[] {
  const strips = stripsFor(boxes, aspect);
  const top = Math.min(...boxes.map(({ y }) => y));
  const length = extent(boxes.map(({ y }) => y)) + 1;
  const cut = Array.from({ length: strips }, () => [] as Box[]);
  for (const box of boxes) cut[Math.floor(((box.y - top) / length) * strips)]?.push(box);
  let left = 0;
  return cut
    .filter(({ length }) => length > 0)
    .flatMap((strip, at) => {
      const [x, y] = [Math.min(...strip.map(({ x }) => x)), Math.min(...strip.map(({ y }) => y))];
      const moved = strip.map((box) => ({ ...box, x: box.x - x + left, y: box.y - y, strip: at }));
      left = Math.max(...moved.map(({ x, width }) => x + width)) + GUTTER;
      return moved;
    });
}

function stripsFor(boxes: readonly Rectangle[], aspect: number): number {
  const [width, height] = [
    extent(boxes.flatMap(({ x, width }) => [x, x + width])),
    extent(boxes.flatMap(({ y, height }) => [y, y + height])),
  ];
  const need = (strips: number) => Math.max((strips * (width + GUTTER)) / aspect, height / strips);
  const best = Array.from({ length: MOST_STRIPS }, (_, at) => at + 1).reduce(
    (best, strips) => (need(strips) < need(best) ? strips : best),
    1,
  );
  return need(1) > need(best) * WORTH ? best : 1;
}
