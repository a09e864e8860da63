/** Editing a network: a batch of edits is applied all or none, undone exactly, each refusal naming its edit. */

import { named } from "./canonical.js";
import { type Edge, type Graph, graph as graphOf, type Node, type Position } from "./document.js";
import { closed, type Draft, described, draftOf, ends, Refused } from "./draft.js";
import {
  addNode,
  configure,
  connect,
  disconnect,
  type Edit,
  EditError,
  moveNode,
  removeNode,
  renameNode,
  within,
} from "./edits.js";
import { group } from "./grouping.js";
import { carry, portChanges } from "./outside.js";
import { quoted } from "./quoting.js";
import { replace } from "./replacing.js";
import { compareText } from "./text.js";
import { ungroup } from "./ungrouping.js";

/** The graph after all edits. Throws EditError (nothing has changed then), DocumentError if ids repeat. */
export function apply(graph: Graph, edits: Iterable<Edit>): Graph {
  const draft = draftOf(graph);
  perform(draft, edits);
  return closed(draft, graph);
}

/**
 * The edits that undo these: apply(apply(g, e), invert(g, e)) has the content and the positions of g. Only an edge to
 * nowhere that was taken away stays away, since no edit draws such a one.
 */
export function invert(graph: Graph, edits: Iterable<Edit>): Edit[] {
  return perform(draftOf(graph), edits);
}

/** Change a draft, and give the edits that undo it. Throws EditError; the draft is of no use then. */
export function perform(draft: Draft, edits: Iterable<Edit>): Edit[] {
  const undo: Edit[][] = [];
  draft.tally.moves = 0;
  for (const edit of edits) undo.push(refusing(undo.length, () => performOne(draft, edit)));
  refusing(null, () => draft.tally.check());
  return undo.reverse().flat();
}

function refusing<Result>(index: number | null, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refused) throw new EditError(index, error.message);
    throw error;
  }
}

/** Change the draft and give the edits that undo it. */
function performOne(draft: Draft, edit: Edit): Edit[] {
  switch (edit.op) {
    case "add_node":
      return add(draft, edit.node);
    case "remove_node":
      return remove(draft, edit.id);
    case "replace":
      return replace(draft, edit.id, edit.node);
    case "configure":
      return configured(draft, edit);
    case "rename_node":
      return rename(draft, edit.id, edit.newId);
    case "connect":
      return draw(draft, edit.edge);
    case "disconnect":
      return erase(draft, edit.edge);
    case "move_node":
      return move(draft, edit.id, edit.position);
    case "group":
      return group(draft, edit.ids, edit.id);
    case "ungroup":
      return ungroup(draft, edit.id, edit.prefix);
    case "within":
      return inside(draft, edit.id, edit.edits);
  }
}

function add(draft: Draft, node: Node): Edit[] {
  if (draft.nodes.has(node.id)) {
    throw new Refused(`there is a node ${quoted(node.id)} already; choose another id`);
  }
  draft.enter(named(node));
  return [removeNode(node.id)];
}

function remove(draft: Draft, id: string): Edit[] {
  const [node, edges] = [draft.node(id), draft.edgesAt(id)];
  const undo = [addNode(node), ...edges.filter((edge) => draft.joins(edge)).map(connect)];
  for (const edge of edges) draft.drop(edge);
  draft.leave(node);
  return undo;
}

function configured(draft: Draft, { id, set, unset }: Edit & { op: "configure" }): Edit[] {
  const node = draft.node(id);
  draft.tally.spend(node.config.size);
  const both = unset.filter((key) => set.has(key)).sort(compareText)[0];
  if (both !== undefined) {
    throw new Refused(`${quoted(both)} of node ${quoted(id)} is both set and unset; do one of the two`);
  }
  const absent = unset.filter((key) => !node.config.has(key)).sort(compareText)[0];
  if (absent !== undefined) {
    throw new Refused(`node ${quoted(id)} does not set ${quoted(absent)}; unset only what is set`);
  }
  const config = new Map([...node.config, ...set]);
  for (const key of unset) config.delete(key);
  draft.nodes.set(id, { ...node, config });
  const before = [...set.keys(), ...unset].flatMap((key) => {
    const value = node.config.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return [
    configure(
      id,
      new Map(before),
      [...set.keys()].filter((key) => !node.config.has(key)),
    ),
  ];
}

function rename(draft: Draft, id: string, newId: string): Edit[] {
  const node = draft.node(id);
  if (!newId || draft.nodes.has(newId)) {
    const reason = newId ? `there is a node ${quoted(newId)} already` : "the new id is empty";
    throw new Refused(`node ${quoted(id)} cannot be renamed, ${reason}; choose another id`);
  }
  draft.nodes.delete(id);
  draft.nodes.set(newId, { ...node, id: newId });
  for (const edge of draft.edgesAt(id)) {
    draft.drop(edge);
    const [source, target] = [edge.source, edge.target].map((end) => (end === id ? newId : end)) as [string, string];
    draft.put({ ...edge, source, target });
  }
  return [renameNode(newId, id)];
}

function draw(draft: Draft, edge: Edge): Edit[] {
  const whole = draft.complete(edge);
  if (draft.edges.has(ends(whole))) throw new Refused(`${described(whole)} exists already; leave it out`);
  draft.put(whole);
  return [disconnect(whole)];
}

function erase(draft: Draft, edge: Edge): Edit[] {
  const found = draft.find(edge);
  draft.drop(found);
  return draft.joins(found) ? [connect(found)] : [];
}

function move(draft: Draft, id: string, position: Position | null): Edit[] {
  const node = draft.node(id);
  draft.nodes.set(id, { ...node, position });
  return [moveNode(id, node.position)];
}

function inside(draft: Draft, id: string, edits: readonly Edit[]): Edit[] {
  const inner = draft.inside(id);
  const undo: Edit[][] = [];
  for (const edit of edits) undo.push(step(draft, id, inner, edit, undo.length));
  const node = draft.node(id);
  draft.nodes.set(id, { ...node, graph: closed(inner, node.graph ?? graphOf()) });
  return joined(id, undo.reverse().flat());
}

/** One edit inside a node, and what it does to the edges at the node's ports. */
function step(draft: Draft, id: string, inner: Draft, edit: Edit, index: number): Edit[] {
  try {
    const [there, back] = portChanges(inner, edit);
    const undo = performOne(inner, edit);
    return [within(id, undo), ...carry(draft, id, there, back)];
  } catch (error) {
    if (error instanceof Refused) throw new Refused(`in ${quoted(id)}, edits[${index}]: ${error.message}`);
    throw error;
  }
}

/** The same edits, neighbours within the node made one. */
function joined(id: string, edits: readonly Edit[]): Edit[] {
  const all: Edit[] = [];
  let run: Edit[] | null = null;
  for (const edit of edits) {
    if (edit.op !== "within") {
      run = null;
      all.push(edit);
      continue;
    }
    if (!run) {
      run = [];
      all.push(within(id, run));
    }
    for (const inner of edit.edits) run.push(inner);
  }
  return all;
}
