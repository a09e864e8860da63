/** Where nodes stand. Those that a document gives no position get one in rows, each below what feeds it. */

import type { Graph, Position } from "../blueprint/index.js";
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
  const right = given.size === 0 ? 0 : Math.max(...[...given.values()].map(({ x }) => x)) + COLUMN;
  const rows = new Map<number, number>();
  for (const [id, depth] of depths(graph)) {
    if (given.has(id)) continue;
    const column = rows.get(depth) ?? 0;
    rows.set(depth, column + 1);
    given.set(id, { x: right + column * COLUMN, y: depth * ROW });
  }
  return given;
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
