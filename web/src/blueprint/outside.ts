/** What an edit inside a Block does to the edges outside it: they follow a renamed port, and go with a removed one. */

import { type Edge, edgeToJson, type Node } from "./document.js";
import { type Draft, type Ends, ends } from "./draft.js";
import { connect, disconnect, type Edit } from "./edits.js";
import { spelled } from "./spelling.js";

export const SIDES: ReadonlyMap<string, "source" | "target"> = new Map([
  ["Input", "target"],
  ["Output", "source"],
]);

/**
 * Edges at a port of a Block, on the source or target side, go to another port, or away with it (`name` null).
 *
 * `port` null are the edges that name no port, because the Block had none on that side.
 */
interface PortChange {
  readonly side: "source" | "target";
  readonly port: string | null;
  readonly name: string | null;
}

type Changes = readonly PortChange[];
type Edges = ReadonlyMap<Ends, Edge>;

/** What an edit inside a Block is about to do to its ports, and what undoing it does. */
export function portChanges(inner: Draft, edit: Edit): readonly [there: Changes, back: Changes] {
  if (edit.op === "add_node") return [opening(edit.node), closing(edit.node)];
  if (edit.op !== "rename_node" && edit.op !== "remove_node" && edit.op !== "replace") return [[], []];
  const node = inner.nodes.get(edit.id);
  const side = sideOf(node);
  if (edit.op === "remove_node") return [closing(node), []];
  if (edit.op === "replace") {
    return side === sideOf(edit.node) ? [[], []] : [[...closing(node), ...opening(edit.node)], closing(edit.node)];
  }
  if (!side) return [[], []];
  return [[{ side, port: edit.id, name: edit.newId }], [{ side, port: edit.newId, name: edit.id }]];
}

/**
 * Let the edges at a Block follow changes of its ports; gives what to mend after these are undone.
 *
 * Edges may stand at a port that does not exist (yet), so that undoing the changes alone would take more edges along
 * than these brought.
 */
export function carry(draft: Draft, id: string, there: Changes, back: Changes): Edit[] {
  if (!there.length && !back.length) return [];
  const edges = draft.edgesAt(id);
  draft.tally.spend(edges.length);
  const before = new Map(edges.map((edge) => [ends(edge), edge]));
  const after = followed(before, id, there);
  for (const edge of without(before, after)) draft.drop(edge);
  for (const edge of without(after, before)) draft.put(edge);
  const undone = followed(after, id, back);
  const backAgain = without(before, undone).filter((edge) => draft.joins(edge));
  return [...without(undone, before).map(disconnect), ...backAgain.map(connect)];
}

/** The edges after the changes; where one moves onto another, that one stays. */
function followed(edges: Edges, id: string, changes: Changes): Edges {
  let followed = edges;
  for (const change of changes) {
    const stays = new Map([...followed].filter(([, edge]) => !concerns(change, edge, id)));
    const moving = change.name === null ? [] : [...followed.values()].filter((edge) => concerns(change, edge, id));
    for (const edge of moving.map((edge) => moved(change, edge))) {
      if (!stays.has(ends(edge))) stays.set(ends(edge), edge);
    }
    followed = stays;
  }
  return followed;
}

/** Whether the edge runs to or from the port, at node `id`. */
function concerns({ side, port }: PortChange, edge: Edge, id: string): boolean {
  if (side === "target") return edge.target === id && edge.targetHandle === port;
  return edge.source === id && edge.sourceHandle === port;
}

function moved({ side, name }: PortChange, edge: Edge): Edge {
  return side === "target" ? { ...edge, targetHandle: name } : { ...edge, sourceHandle: name };
}

/** Those of the edges that the others have not, or have otherwise. */
function without(edges: Edges, others: Edges): Edge[] {
  return [...edges].filter(([key, edge]) => !same(edge, others.get(key))).map(([, edge]) => edge);
}

function same(edge: Edge, other: Edge | undefined): boolean {
  return edge === other || (other !== undefined && spelled(edgeToJson(edge)) === spelled(edgeToJson(other)));
}

function sideOf(node: Node | undefined): "source" | "target" | null {
  return (node && SIDES.get(node.type)) ?? null;
}

function opening(node: Node): Changes {
  const side = sideOf(node);
  return side ? [{ side, port: null, name: node.id }] : [];
}

function closing(node: Node | undefined): Changes {
  const side = sideOf(node);
  return node && side ? [{ side, port: node.id, name: null }] : [];
}
