/**
 * The edits that lead from one network to another: few, in a fixed order, and telling what a person did.
 *
 * Positions, names and other dress are no content and not compared.
 */

import { graphContent } from "./canonical.js";
import type { Json } from "./codec.js";
import type { Edge, Graph, Node } from "./document.js";
import { type Draft, described, draftOf, type Ends, opened } from "./draft.js";
import { perform } from "./editing.js";
import { addNode, configure, connect, disconnect, type Edit, removeNode, replaceNode, within } from "./edits.js";
import { DocumentError } from "./errors.js";
import { align, only, shared } from "./identity.js";
import { quoted } from "./quoting.js";
import { spelled } from "./spelling.js";
import { compareText } from "./text.js";

type Stage = (old: Draft, now: Draft) => Edit[];
type Edges = ReadonlyMap<Ends, Edge>;

const STAGES: readonly Stage[] = [
  inside,
  disconnected,
  (old, now) => only(old, now).map(removeNode),
  replaced,
  (old, now) => only(now, old).map((id) => addNode(nodeAt(now, id))),
  (old, now) => shared(old, now).flatMap((id) => settings(nodeAt(old, id), nodeAt(now, id))),
  (old, now) => missing(now.edges, old.edges).map(connect),
];

/**
 * Edits with apply(a, diff(a, b)) having the content of b.
 *
 * Throws DocumentError for what no edits lead to: repeated ids or edges, edges to nowhere, unknown keys of a document.
 * Inside a Block such things are no hindrance, as it can be replaced.
 */
export function diff(a: Graph, b: Graph): Edit[] {
  if (spelled(a.extra) !== spelled(b.extra)) {
    const key = [...a.extra.keys(), ...b.extra.keys()][0] as string;
    throw new DocumentError(`the documents differ in the unknown key ${quoted(key)}; remove it first`);
  }
  return changes(draftOf(a), draftOf(b));
}

/** The edits that make `old` equal to `now`, made on it stage by stage. */
function changes(old: Draft, now: Draft): Edit[] {
  checkEdges(now);
  const told = align(old, now);
  for (const stage of STAGES) {
    const edits = stage(old, now);
    perform(old, edits);
    for (const edit of edits) told.push(edit);
  }
  return told;
}

function checkEdges(now: Draft): void {
  for (const edge of now.edges.values()) {
    const gone = [edge.source, edge.target].filter((id) => !now.nodes.has(id)).sort(compareText)[0];
    if (gone === undefined) continue;
    throw new DocumentError(`${described(edge)} has no node ${quoted(gone)}; remove the edge or add the node`);
  }
}

function inside(old: Draft, now: Draft): Edit[] {
  return shared(old, now).flatMap((id) => {
    const [inner, wanted] = [opened(old, id), opened(now, id)];
    return inner && wanted && !another(nodeAt(old, id), nodeAt(now, id)) ? insideOne(id, inner, wanted) : [];
  });
}

/** The changes in a Block; none where no edits lead there, and it is to be replaced. */
function insideOne(id: string, inner: Draft, wanted: Draft): Edit[] {
  try {
    const edits = changes(inner, wanted);
    return edits.length ? [within(id, edits)] : [];
  } catch (error) {
    if (error instanceof DocumentError) return [];
    throw error;
  }
}

/** Edges between nodes that stay; those of the others go with them. */
function disconnected(old: Draft, now: Draft): Edit[] {
  const gone = new Set(only(old, now));
  const kept = new Map([...old.edges].filter(([, edge]) => !gone.has(edge.source) && !gone.has(edge.target)));
  return missing(kept, now.edges).map(disconnect);
}

/** Nodes that became another thing under the same id, or hold what no edits lead to. */
function replaced(old: Draft, now: Draft): Edit[] {
  const ids = shared(old, now).filter((id) => {
    const [was, is] = [nodeAt(old, id), nodeAt(now, id)];
    return another(was, is) || spelled(innerContent(was)) !== spelled(innerContent(is));
  });
  return ids.map((id) => replaceNode(nodeAt(now, id)));
}

/** Whether a node became another thing under the same id. */
function another(old: Node, now: Node): boolean {
  const [was, is] = [old, now].map((node) => spelled([node.extra, node.graph?.extra ?? null]));
  return old.type !== now.type || was !== is;
}

function innerContent(node: Node): Json {
  return node.graph && graphContent(node.graph);
}

/** The edges that have no equal among the others, in order. */
function missing(edges: Edges, others: Edges): Edge[] {
  const found = [...edges].filter(([key, edge]) => {
    const other = others.get(key);
    return !other || spelled(edge.extra) !== spelled(other.extra);
  });
  return found.sort(([a], [b]) => compareText(a, b)).map(([, edge]) => edge);
}

function settings(old: Node, now: Node): Edit[] {
  const set = [...now.config].filter(([key, value]) => {
    const was = old.config.get(key);
    return was === undefined || spelled(was) !== spelled(value);
  });
  const unset = [...old.config.keys()].filter((key) => !now.config.has(key)).sort(compareText);
  const inOrder = new Map(set.sort(([a], [b]) => compareText(a, b)));
  return set.length || unset.length ? [configure(now.id, inOrder, unset)] : [];
}

function nodeAt(draft: Draft, id: string): Node {
  return draft.nodes.get(id) as Node;
}
