/** Dissolving a Block: what entered or left at its ports is connected straight to what is inside. */

import type { Edge, Node } from "./document.js";
import { type Draft, described, ends, Refused } from "./draft.js";
import { addNode, connect, disconnect, type Edit, removeNode } from "./edits.js";
import { SIDES } from "./outside.js";
import { HOLDERS } from "./ports.js";
import { quoted, shown } from "./quoting.js";
import { spelled } from "./spelling.js";

type Names = ReadonlyMap<string, string>;

/** Dissolve a Block of a draft, and give the edits that undo it. */
export function ungroup(draft: Draft, id: string, prefix: string): Edit[] {
  const [block, before] = [draft.node(id), draft.edgesAt(id)];
  const again = before.filter((edge) => draft.joins(edge));
  checkDissolvable(block, before);
  const inner = draft.inside(id);
  for (const edge of before) draft.drop(edge);
  draft.leave(block);
  const freed = [...inner.nodes.values()].filter((node) => !SIDES.has(node.type));
  const names = new Map(freed.map((node) => [node.id, prefix + node.id]));
  for (const node of freed) {
    checkFree(draft, block, node.id, prefix + node.id);
    draft.enter({ ...node, id: prefix + node.id });
  }
  const through = connectAll(draft, block, joined(inner, names, block, before), new Set(names.values()));
  return [...through.map(disconnect), ...[...names.values()].map(removeNode), addNode(block), ...again.map(connect)];
}

/** Whether a node is a Block, and not a repeated one. */
export function dissolvable(node: Node): boolean {
  const repeat = node.config.get("repeat");
  return HOLDERS.includes(node.type) && node.graph !== null && (repeat === undefined || spelled(repeat) === "1");
}

/** The edges inside, with those outside put in the place of the Block's ports. */
function* joined(inner: Draft, names: Names, block: Node, outer: readonly Edge[]): Iterable<Edge> {
  const [entering, leaving] = byPort(inner, block.id, outer);
  for (const edge of inner.edges.values()) {
    const [source, target] = [names.get(edge.source), names.get(edge.target)];
    const starts = source === undefined ? (entering.get(edge.source) ?? []) : [{ ...edge, source }];
    const onward = target === undefined ? (leaving.get(edge.target) ?? []) : [{ ...edge, target }];
    for (const start of starts) {
      for (const end of onward) yield { ...end, source: start.source, sourceHandle: start.sourceHandle };
    }
  }
}

type ByPort = ReadonlyMap<string, Edge[]>;

/** The edges outside by the Input they enter, and by the Output they leave. */
function byPort(inner: Draft, block: string, outer: readonly Edge[]): readonly [entering: ByPort, leaving: ByPort] {
  const nodes = [...inner.nodes.values()];
  const [entering, leaving] = ["Input", "Output"].map(
    (type) => new Map(nodes.filter((node) => node.type === type).map((node) => [node.id, [] as Edge[]])),
  ) as [Map<string, Edge[]>, Map<string, Edge[]>];
  for (const edge of outer) {
    if (edge.target === block) entering.get(edge.targetHandle ?? "")?.push(edge);
    else leaving.get(edge.sourceHandle ?? "")?.push(edge);
  }
  return [entering, leaving];
}

/** Draw the edges; gives those that run past what came out of the Block. */
function connectAll(draft: Draft, block: Node, edges: Iterable<Edge>, members: ReadonlySet<string>): Edge[] {
  const through: Edge[] = [];
  for (const edge of edges) {
    if (draft.edges.has(ends(edge))) {
      const what = `without block ${quoted(block.id)}, ${described(edge)} would be drawn twice`;
      throw new Refused(`${what}; remove one of the two first`);
    }
    draft.put(edge);
    if (!members.has(edge.source) && !members.has(edge.target)) through.push(edge);
  }
  return through;
}

function checkDissolvable(block: Node, edges: readonly Edge[]): void {
  if (!HOLDERS.includes(block.type) || !block.graph) {
    throw new Refused(`node ${quoted(block.id)} is no block that holds a graph; ungroup one that does`);
  }
  if (!dissolvable(block)) {
    const times = shown(block.config.get("repeat") ?? null);
    throw new Refused(`block ${quoted(block.id)} is repeated ${times} times; set repeat to 1 first`);
  }
  if (edges.some((edge) => edge.source === edge.target)) {
    throw new Refused(`block ${quoted(block.id)} feeds itself; remove that edge first`);
  }
}

function checkFree(draft: Draft, block: Node, old: string, name: string): void {
  if (!draft.nodes.has(name)) return;
  const what = `node ${quoted(old)} cannot leave block ${quoted(block.id)}, there is a node ${quoted(name)} already`;
  throw new Refused(`${what}; give another prefix for the ids`);
}
