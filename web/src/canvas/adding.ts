/** Where a new node goes, and what it is connected to: beside the selected node, on an edge, or just there. */

import {
  addNode,
  connect,
  disconnect,
  type Edge,
  type Edit,
  edge,
  type Graph,
  moveNode,
  type Node,
  type Position,
} from "../blueprint/index.js";
import { freshNode } from "./fresh.js";
import { GRID, HEIGHT, ROW, snapped, WIDTH } from "./geometry.js";
import { newId } from "./naming.js";
import { freePlace, type Places } from "./places.js";
import { inputSockets, outputSockets } from "./sockets.js";

/** A node that is to be drawn, and all it takes. */
export interface Addition {
  readonly node: Node;
  readonly edits: readonly Edit[];
  /** The node it is connected to, null where it stands alone. */
  readonly after: string | null;
}

/** A new node around a place, or at the nearest free one. */
export function addingAt(graph: Graph, places: Places, type: string, centre: Position): Addition {
  const corner = { x: centre.x - WIDTH / 2, y: centre.y - HEIGHT / 2 };
  const node = freshNode(type, newId(type, idsOf(graph)), freePlace(places, corner));
  return { node, edits: [addNode(node)], after: null };
}

/** A new node below another, fed by its first output where both have ports for it. */
export function addingAfter(graph: Graph, places: Places, type: string, before: Node): Addition {
  const { x, y } = places.get(before.id) ?? { x: 0, y: 0 };
  const node = freshNode(type, newId(type, idsOf(graph)), freePlace(places, { x, y: y + ROW }));
  const [output, input] = [firstOutput(before), firstInput(node)];
  if (output === null || input === null) return { node, edits: [addNode(node)], after: null };
  const wire = edge(before.id, node.id, { sourceHandle: output, targetHandle: input });
  return { node, edits: [addNode(node), connect(wire)], after: before.id };
}

/** A new node in the middle of an edge; null where it lets nothing through. What stands below makes room. */
export function insertingOn(graph: Graph, places: Places, type: string, on: Edge, at?: Position): Addition | null {
  const place = at ? dropped(places, on, at) : between(places, on);
  const node = freshNode(type, newId(type, idsOf(graph)), place);
  const [input, output] = [firstInput(node), firstOutput(node)];
  if (input === null || output === null) return null;
  const into = edge(on.source, node.id, { sourceHandle: on.sourceHandle, targetHandle: input });
  const outOf = edge(node.id, on.target, { sourceHandle: output, targetHandle: on.targetHandle });
  const room = makingRoom(places, place);
  return { node, edits: [...room, disconnect(on), addNode(node), connect(into), connect(outOf)], after: on.source };
}

export function idsOf(graph: Graph): ReadonlySet<string> {
  return new Set(graph.nodes.map(({ id }) => id));
}

export function firstInput(node: Node, entered: readonly string[] = []): string | null {
  const sockets = inputSockets(node, entered);
  return (sockets.find(({ handle }) => !entered.includes(handle)) ?? sockets[0])?.handle ?? null;
}

export function firstOutput(node: Node): string | null {
  return outputSockets(node, [], [])[0]?.handle ?? null;
}

function between(places: Places, { source, target }: Edge): Position {
  const [from, to] = [places.get(source), places.get(target)];
  if (!from || !to) return { x: 0, y: 0 };
  const { x } = Math.abs(from.x - to.x) < WIDTH ? to : { x: (from.x + to.x) / 2 };
  return snapped({ x, y: Math.max(from.y + ROW, (from.y + to.y) / 2) });
}

/** Where it was let go, in line with the edge's source and a row below it where it is just under that. */
function dropped(places: Places, { source }: Edge, at: Position): Position {
  const place = snapped({ x: at.x - WIDTH / 2, y: at.y - HEIGHT / 2 });
  const from = places.get(source);
  if (!from || place.y <= from.y || Math.abs(place.x - from.x) >= WIDTH) return place;
  const x = Math.abs(place.x - from.x) <= 2 * GRID ? from.x : place.x;
  return { x, y: Math.max(place.y, from.y + ROW) };
}

/** Nodes in the way of it and of the edge below it, and all below them, go down. */
function makingRoom(places: Places, place: Position): readonly Edit[] {
  const below = [...places].filter(([, { y }]) => y > place.y - HEIGHT);
  const inTheWay = below.filter(([, { x, y }]) => y < place.y + ROW && Math.abs(x - place.x) < WIDTH);
  const down = Math.max(0, ...inTheWay.map(([, { y }]) => place.y + ROW - y));
  return down === 0 ? [] : below.map(([id, { x, y }]) => moveNode(id, { x, y: y + down }));
}
