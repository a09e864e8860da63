/**
 * Where nodes stand. Those that a document gives no position get one below what feeds them, or above what they feed,
 * as the ports of a Block that nodes were grouped into; where none has one, in rows as data flows.
 */

import type { Position } from "../blueprint/index.js";
import { order } from "../blueprint/ordering.js";
import { COLUMN, extent, GRID, ROW, snapped, WIDTH } from "./geometry.js";

/** Upper left corners by node id. */
export type Places = ReadonlyMap<string, Position>;

/** What of a graph says where its nodes stand. */
export interface Placed {
  readonly nodes: readonly { readonly id: string; readonly position: Position | null }[];
  readonly edges: readonly { readonly source: string; readonly target: string }[];
}

const known = new WeakMap<Placed, Places>();

export function placesOf(graph: Placed): Places {
  let places = known.get(graph);
  if (!places) {
    places = placed(graph);
    known.set(graph, places);
  }
  return places;
}

/** For a picture of the whole: in rows where they stand so far apart that none of them could be seen. */
export function closePlaces(graph: Placed): Places {
  const places = placesOf(graph);
  return isScattered([...places.values()]) ? rowsOf(graph) : places;
}

function isScattered(places: readonly Position[]): boolean {
  const most = 60 * ROW + 20 * ROW * places.length;
  return extent(places.map(({ x }) => x)) > most || extent(places.map(({ y }) => y)) > most;
}

/** The place itself, or the nearest where a node leaves room for edges above and below: a little off, else right. */
export function freePlace(places: Places, wanted: Position): Position {
  const { x, y } = snapped(wanted);
  const near = [...places.values()].filter((place) => Math.abs(place.y - y) < ROW + 2 * GRID);
  const free = (at: Position) =>
    !near.some((place) => Math.abs(place.y - at.y) < ROW && Math.abs(place.x - at.x) < WIDTH + GRID);
  const close = [0, GRID, -GRID, 2 * GRID, -2 * GRID].map((off) => ({ x, y: y + off })).find(free);
  if (close) return close;
  let right = x + COLUMN;
  while (!free({ x: right, y })) right += GRID;
  return { x: right, y };
}

/** All nodes row by row as data flows, wherever the document has them; each row in the order of what feeds it. */
function rowsOf(graph: Placed): Places {
  const sources = sourcesOf(graph);
  const across = new Map<string, number>();
  const places = new Map<string, Position>();
  for (const [row, ids] of grouped(ranks(sources)).entries()) {
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

function placed(graph: Placed): Places {
  const given = new Map(graph.nodes.flatMap(({ id, position }) => (position ? [[id, position] as const] : [])));
  if (given.size === graph.nodes.length) return given;
  const rows = rowsOf(graph);
  if (given.size === 0) return rows;
  const aside = right(given) - left(rows);
  const neighbours = neighboursOf(graph);
  for (const [id, { x, y }] of rows) {
    if (given.has(id)) continue;
    const near = besides(neighbours.get(id), given);
    given.set(id, freePlace(given, near ?? { x: x + aside, y }));
  }
  return given;
}

function right(places: Places): number {
  return [...places.values()].reduce((most, { x }) => Math.max(most, x + COLUMN), 0);
}

function left(places: Places): number {
  return [...places.values()].reduce((least, { x }) => Math.min(least, x), 0);
}

interface Neighbours {
  readonly sources: string[];
  readonly targets: string[];
}

function neighboursOf({ nodes, edges }: Placed): ReadonlyMap<string, Neighbours> {
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

function sourcesOf({ nodes, edges }: Placed): ReadonlyMap<string, string[]> {
  const sources = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { source, target } of edges) {
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

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
