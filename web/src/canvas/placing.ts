/** Where nodes without a place stand in a picture: row by row as data flows, each row in the order of what feeds it. */

import type { Graph, Position } from "../blueprint/index.js";
import { order } from "../blueprint/ordering.js";
import { COLUMN, ROW } from "./geometry.js";

/** Places of all nodes by id: their own where every node has one in reach of the others, else in rows. */
export function placesOf(graph: Graph): ReadonlyMap<string, Position> {
  const own = new Map<string, Position>();
  for (const { id, position } of graph.nodes) if (position) own.set(id, position);
  const complete = graph.nodes.every(({ position }) => position !== null);
  return complete && !isScattered([...own.values()]) ? own : rows(graph);
}

/** Whether so much of the page would be empty that no node could be seen. */
function isScattered(places: readonly Position[]): boolean {
  const most = 60 * ROW + 20 * ROW * places.length;
  return extent(places.map(({ x }) => x)) > most || extent(places.map(({ y }) => y)) > most;
}

function rows(graph: Graph): ReadonlyMap<string, Position> {
  const sources = sourcesOf(graph);
  const rank = ranks(sources);
  const across = new Map<string, number>();
  const places = new Map<string, Position>();
  for (const [row, ids] of grouped(rank).entries()) {
    const wanted = new Map(
      ids.map((id) => [id, mean((sources.get(id) ?? []).flatMap((from) => across.get(from) ?? []))]),
    );
    ids.sort((one, other) => (wanted.get(one) as number) - (wanted.get(other) as number));
    for (const [at, id] of ids.entries()) {
      const x = (at - (ids.length - 1) / 2) * COLUMN;
      across.set(id, x);
      places.set(id, { x, y: row * ROW });
    }
  }
  return places;
}

function sourcesOf(graph: Graph): ReadonlyMap<string, string[]> {
  const sources = new Map<string, string[]>(graph.nodes.map(({ id }) => [id, []]));
  for (const { source, target } of graph.edges) {
    if (source !== target && sources.has(source)) sources.get(target)?.push(source);
  }
  return sources;
}

/** How many steps each node is behind the first; an edge that closes a circle counts for nothing. */
function ranks(sources: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const rank = new Map<string, number>();
  for (const id of order(sources)[0]) {
    rank.set(
      id,
      (sources.get(id) ?? []).reduce((most, from) => Math.max(most, (rank.get(from) ?? -1) + 1), 0),
    );
  }
  return rank;
}

function grouped(rank: ReadonlyMap<string, number>): string[][] {
  const rows: string[][] = [];
  for (const [id, row] of rank) {
    rows[row] ??= [];
    rows[row].push(id);
  }
  return rows.filter(Boolean);
}

export function extent(values: readonly number[]): number {
  const [least, most] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
  return values.length === 0 ? 0 : most - least;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
