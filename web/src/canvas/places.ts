/**
 * Where nodes stand. Those that a document gives no position get one below what feeds them, or above what they feed,
 * as the ports of a Block that nodes were grouped into; where none has one, in rows.
 */

import type { Graph, Position } from "../blueprint/index.js";
import { freePlace } from "./adding.js";
import { COLUMN, ROW } from "./geometry.js";

/** Upper left corners by node id. */
export type Places = ReadonlyMap<string, Position>;

const known = new WeakMap<Graph, Places>();

export function placesOf(graph: Graph): Places {
  let places = known.get(graph);
  if (!places) {
    places = placed(graph);
    known.set(graph, places);
  }
  return places;
}

function placed(graph: Graph): Places {
  const given = new Map(graph.nodes.flatMap(({ id, position }) => (position ? [[id, position] as const] : [])));
  if (given.size === graph.nodes.length) return given;
  const right = [...given.values()].reduce((most, { x }) => Math.max(most, x + COLUMN), 0);
  const neighbours = neighboursOf(graph);
  const rows = new Map<number, number>();
  for (const [id, depth] of depths(graph)) {
    if (given.has(id)) continue;
    const near = besides(neighbours.get(id), given);
    const column = rows.get(depth) ?? 0;
    if (!near) rows.set(depth, column + 1);
    given.set(id, near ? freePlace(given, near) : { x: right + column * COLUMN, y: depth * ROW });
  }
  return given;
}

interface Neighbours {
  readonly sources: string[];
  readonly targets: string[];
}

function neighboursOf({ nodes, edges }: Graph): ReadonlyMap<string, Neighbours> {
  const neighbours = new Map<string, Neighbours>(nodes.map(({ id }) => [id, { sources: [], targets: [] }]));
  for (const { source, target } of edges) {
    neighbours.get(source)?.targets.push(target);
    neighbours.get(target)?.sources.push(source);
  }
  return neighbours;
}

/** Below the lowest of what feeds it, else above the highest of what it feeds; null where none of these has a place. */
function besides(neighbours: Neighbours | undefined, places: Places): Position | null {
  const among = (ids: readonly string[] = []) => ids.flatMap((id) => places.get(id) ?? []);
  const [lowest] = among(neighbours?.sources).sort((one, other) => other.y - one.y);
  if (lowest) return { x: lowest.x, y: lowest.y + ROW };
  const [highest] = among(neighbours?.targets).sort((one, other) => one.y - other.y);
  return highest ? { x: highest.x, y: highest.y - ROW } : null;
}

/** The longest way to each node; nodes on a circle come after all others. */
function depths(graph: Graph): ReadonlyMap<string, number> {
  const missing = new Map(graph.nodes.map(({ id }) => [id, 0]));
  const next = new Map<string, string[]>();
  for (const { source, target } of graph.edges) {
    if (!missing.has(source) || !missing.has(target)) continue;
    missing.set(target, (missing.get(target) as number) + 1);
    next.set(source, [...(next.get(source) ?? []), target]);
  }
  const depth = new Map<string, number>();
  const ready = [...missing].filter(([, count]) => count === 0).map(([id]) => id);
  for (const id of ready) depth.set(id, 0);
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at] as string;
    for (const target of next.get(id) ?? []) {
      depth.set(target, Math.max(depth.get(target) ?? 0, (depth.get(id) as number) + 1));
      const left = (missing.get(target) as number) - 1;
      missing.set(target, left);
      if (left === 0) ready.push(target);
    }
  }
  const last = 1 + Math.max(-1, ...depth.values());
  const done = new Set(ready);
  for (const { id } of graph.nodes) if (!done.has(id)) depth.set(id, last);
  return depth;
}
