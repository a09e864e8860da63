/** Which node an arrow key leads to: the nearest connected one that way, or else one with the same neighbours. */

import type { Graph, Position } from "../blueprint/index.js";
import { HEIGHT } from "./geometry.js";
import type { Places } from "./places.js";

export type Direction = "up" | "down" | "left" | "right";

/** The node to go to, null where none lies that way. */
export function neighbourOf(graph: Graph, places: Places, id: string, direction: Direction): string | null {
  const connected = new Set(touching(graph, new Set([id])));
  const far: Far = direction === "left" || direction === "right" ? inLine : (along, aside) => along + aside;
  const beyond = touching(graph, connected);
  return nearest(places, id, connected, direction, far) ?? nearest(places, id, beyond, direction, far);
}

/** The nearest node that way, connected or not. */
export function nearestOf(places: Places, id: string, direction: Direction): string | null {
  return nearest(places, id, places.keys(), direction, (along, aside) => along + 2 * aside);
}

/** How far a node is that lies so far along the way, and so far beside it. */
type Far = (along: number, aside: number) => number;

const inLine: Far = (along, aside) => (aside < HEIGHT ? along + aside : Number.POSITIVE_INFINITY);

/** The nodes at the other ends of edges. */
function touching(graph: Graph, ids: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { source, target } of graph.edges) {
    if (ids.has(source)) found.add(target);
    if (ids.has(target)) found.add(source);
  }
  return found;
}

function nearest(places: Places, id: string, among: Iterable<string>, direction: Direction, far: Far): string | null {
  const from = places.get(id);
  if (!from) return null;
  let [best, least]: [string | null, number] = [null, Number.POSITIVE_INFINITY];
  for (const other of among) {
    const place = places.get(other);
    if (other === id || !place) continue;
    const [along, aside] = measured(from, place, direction);
    const distance = far(along, aside);
    if (along > 0 && distance < least) [best, least] = [other, distance];
  }
  return best;
}

/** How far that way, and how far beside. */
function measured(from: Position, to: Position, direction: Direction): readonly [along: number, aside: number] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const along = { up: -dy, down: dy, left: -dx, right: dx }[direction];
  return [along, Math.abs(direction === "up" || direction === "down" ? dx : dy)];
}
