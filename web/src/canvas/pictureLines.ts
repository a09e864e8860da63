/** The lines of a picture: from below one box to above another, round what stands between them. */

import type { Folded, Rectangle } from "./folding.js";
import { portAt } from "./geometry.js";

export interface Link {
  readonly source: string;
  readonly target: string;
}

type Stood = Folded<Rectangle>;
type Boxes = ReadonlyMap<string, Stood>;
type Point = { readonly x: number; readonly y: number };
type Arrival = [from: Stood, to: Stood, share: number];
/** A point as the path of a drawing has it: as it is, or turned for a flow from left to right. */
export type Pen = (x: number, y: number) => string;

const BEND = 32;
const ASIDE = 30;

/** The path of each link whose ends are drawn. */
export function linesOf(links: readonly Link[], boxes: Boxes, pen: Pen): string[] {
  const byRow = [...boxes.values()].sort((one, other) => one.y - other.y);
  return arrivals(links, boxes).map(([from, to, share]) => {
    const start = { x: from.x + from.width / 2, y: from.y + from.height };
    const end = { x: to.x + share * to.width, y: to.y };
    const round = from.strip !== to.strip ? [from] : end.y < start.y ? [from, to] : blocking(byRow, from, start, end);
    if (round.length === 0) return straight(start, end, pen);
    return detour(start, end, Math.max(...round.map(({ x, width }) => x + width)) + ASIDE, pen);
  });
}

/** Each link with where on its target's upper side it arrives: those from the left on the left. */
function arrivals(links: readonly Link[], boxes: Boxes): Arrival[] {
  const entering = new Map<Stood, Stood[]>();
  for (const { source, target } of links) {
    const [from, to] = [boxes.get(source), boxes.get(target)];
    if (!from || !to) continue;
    const sources = entering.get(to) ?? [];
    sources.push(from);
    entering.set(to, sources);
  }
  return [...entering].flatMap(([to, sources]) => {
    sources.sort((one, other) => one.x - other.x);
    return sources.map((from, at): Arrival => [from, to, portAt(at, sources.length, 1)]);
  });
}

/** The boxes that a straight line would cross. */
function blocking(byRow: readonly Stood[], { strip }: Stood, start: Point, end: Point): Stood[] {
  const slope = (end.x - start.x) / (end.y - start.y || 1);
  const found: Stood[] = [];
  for (let at = firstFrom(byRow, start.y); at < byRow.length; at++) {
    const box = byRow[at] as Stood;
    if (box.y >= end.y - 1) break;
    const x = start.x + slope * (box.y + box.height / 2 - start.y);
    if (box.strip === strip && x > box.x && x < box.x + box.width) found.push(box);
  }
  return found;
}

function firstFrom(byRow: readonly Rectangle[], y: number): number {
  let [low, high] = [0, byRow.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byRow[middle] as Rectangle).y < y) low = middle + 1;
    else high = middle;
  }
  return low;
}

function straight(start: Point, end: Point, pen: Pen): string {
  const bend = Math.max((end.y - start.y) / 2, 8);
  return `M${pen(start.x, start.y)}C${pen(start.x, start.y + bend)} ${pen(end.x, end.y - bend)} ${pen(end.x, end.y)}`;
}

/** Out to `aside`, along it, and in again; upwards it swings round both ends. */
function detour(start: Point, end: Point, aside: number, pen: Pen): string {
  const down = end.y > start.y + 2 * BEND;
  const swing = down ? BEND / 2 : BEND;
  const [leave, arrive] = down ? [start.y + BEND, end.y - BEND] : [start.y, end.y];
  const out = `C${pen(start.x, start.y + swing)} ${pen(aside, start.y + swing)} ${pen(aside, leave)}`;
  const back = `C${pen(aside, end.y - swing)} ${pen(end.x, end.y - swing)} ${pen(end.x, end.y)}`;
  return `M${pen(start.x, start.y)}${out}L${pen(aside, arrive)}${back}`;
}
