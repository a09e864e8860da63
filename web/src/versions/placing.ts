/** Where the nodes of a state stand in its picture, so that two states can be seen beside each other. */

import type { Graph, Position } from "../blueprint/index.js";
import { COLUMN, HEIGHT, WIDTH } from "../canvas/geometry.js";
import { closePlaces } from "../canvas/places.js";

export type Places = ReadonlyMap<string, Position>;

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Places of an earlier state: of nodes the later one has too, where they stand there; the others beside them. */
export function placesBefore(before: Graph, later: Places, names: ReadonlyMap<string, string>): Places {
  const own = closePlaces(before);
  const places = new Map<string, Position>();
  for (const [id, name] of names) places.set(id, later.get(name) ?? (own.get(id) as Position));
  const taken = [...places.values()];
  for (const [id, place] of own) {
    if (places.has(id)) continue;
    const free = aside(place, taken);
    places.set(id, free);
    taken.push(free);
  }
  return places;
}

/** What encloses all nodes of some pictures. */
export function boundsOf(...pictures: readonly Places[]): Bounds {
  const all = pictures.flatMap((places) => [...places.values()]);
  const least = (pick: (place: Position) => number) =>
    all.reduce((least, each) => Math.min(least, pick(each)), Infinity);
  const most = (pick: (place: Position) => number) => all.reduce((most, each) => Math.max(most, pick(each)), -Infinity);
  if (all.length === 0) return { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const [x, y] = [least((place) => place.x), least((place) => place.y)];
  return { x, y, width: most((place) => place.x) + WIDTH - x, height: most((place) => place.y) + HEIGHT - y };
}

/** The place, or the nearest to its right where no other node stands. */
function aside(place: Position, taken: readonly Position[]): Position {
  const meets = ({ x, y }: Position) => {
    return taken.some((other) => Math.abs(other.x - x) < WIDTH && Math.abs(other.y - y) < HEIGHT);
  };
  let free = place;
  while (meets(free)) free = { ...free, x: free.x + COLUMN };
  return free;
}
