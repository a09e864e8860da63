/** Grouping nodes into a Block: the edges that cross its border get a port there. */

import { type Edge, edge, type Graph, graph, type Node, node, type Position } from "./document.js";
import { type Draft, ends, Refused } from "./draft.js";
import { type Edit, ungroup } from "./edits.js";
import { SIDES } from "./outside.js";
import { quoted } from "./quoting.js";
import { compareText } from "./text.js";

/** Put nodes of a draft into a new Block, and give the edit that undoes it. */
export function group(draft: Draft, ids: readonly string[], id: string): Edit[] {
  if (new Set(ids).size !== ids.length || !ids.length) {
    throw new Refused("the nodes to group must be one or more, each named once");
  }
  const chosen = ids.map((each) => groupable(draft, each));
  const packing = new Packing(id, ids);
  for (const edge of edgesAt(draft, ids)) {
    draft.drop(edge);
    packing.pack(edge);
  }
  for (const each of chosen) draft.leave(each);
  if (!id || draft.nodes.has(id)) {
    const reason = id ? `there is a node ${quoted(id)} already` : "the id of the block is empty";
    throw new Refused(`the nodes cannot be grouped, ${reason}; choose another id`);
  }
  draft.enter(node(id, "Block", { position: corner(chosen), graph: packing.graph(chosen) }));
  for (const edge of packing.outer) draft.put(edge);
  return [ungroup(id)];
}

/** What goes into a Block and what stays outside, edge by edge. */
class Packing {
  readonly outer: Edge[] = [];
  private readonly inner: Edge[] = [];
  private readonly members: ReadonlySet<string>;
  private readonly taken: Map<string, number>;
  private readonly inputs = new Map<string, string>();
  private readonly outputs = new Map<string, string>();

  constructor(
    private readonly block: string,
    ids: readonly string[],
  ) {
    this.members = new Set(ids);
    this.taken = new Map(ids.map((id) => [id, 1]));
  }

  pack(edge: Edge): void {
    const enters = this.members.has(edge.target);
    if (enters && this.members.has(edge.source)) this.inner.push(edge);
    else if (enters) this.packEntering(edge);
    else this.packLeaving(edge);
  }

  graph(chosen: readonly Node[]): Graph {
    const inputs = [...this.inputs.values()].map((id) => node(id, "Input"));
    const outputs = [...this.outputs.values()].map((id) => node(id, "Output"));
    return graph({ nodes: [...inputs, ...chosen, ...outputs], edges: this.inner });
  }

  private packEntering({ source, sourceHandle, ...rest }: Edge): void {
    let port = this.inputs.get(startOf(source, sourceHandle));
    if (port === undefined) {
      port = this.port(rest.targetHandle, "in");
      this.inputs.set(startOf(source, sourceHandle), port);
      this.outer.push(edge(source, this.block, { sourceHandle, targetHandle: port }));
    }
    this.inner.push({ ...rest, source: port, sourceHandle: "out" });
  }

  private packLeaving({ source, sourceHandle, ...rest }: Edge): void {
    let port = this.outputs.get(startOf(source, sourceHandle));
    if (port === undefined) {
      port = this.port(sourceHandle, "out");
      this.outputs.set(startOf(source, sourceHandle), port);
      this.inner.push(edge(source, port, { sourceHandle, targetHandle: "in" }));
    }
    this.outer.push({ ...rest, source: this.block, sourceHandle: port });
  }

  /** A free id after a handle: `in.0` gives in, in2, in3, ... */
  private port(handle: string | null, otherwise: string): string {
    const stem = (handle ?? "").split(".", 1)[0] || otherwise;
    let name = stem;
    while (this.taken.has(name)) {
      const number = (this.taken.get(stem) ?? 0) + 1;
      this.taken.set(stem, number);
      name = `${stem}${number}`;
    }
    this.taken.set(name, 1);
    return name;
  }
}

function groupable(draft: Draft, id: string): Node {
  const chosen = draft.node(id);
  if (!SIDES.has(chosen.type)) return chosen;
  const what = `node ${quoted(id)} is an ${chosen.type} of the network`;
  throw new Refused(`${what} and cannot be put into a block; leave it out of the group`);
}

/** The edges at the nodes, in the order of the ports they enter. */
function edgesAt(draft: Draft, ids: readonly string[]): Edge[] {
  const found = new Map(ids.flatMap((id) => draft.edgesAt(id)).map((edge) => [ends(edge), edge]));
  return [...found.values()].sort((a, b) => compareText(entrance(a), entrance(b)));
}

function entrance(edge: Edge): string {
  return `${edge.target}\0${edge.targetHandle ?? ""}\0${edge.source}\0${edge.sourceHandle ?? ""}`;
}

function startOf(source: string, handle: string | null): string {
  return handle === null ? source : `${source}\0${handle}`;
}

/** The upper left corner of what is drawn. */
function corner(nodes: readonly Node[]): Position | null {
  const drawn = nodes.flatMap((each) => (each.position ? [each.position] : []));
  const left = drawn.reduce((least, position) => Math.min(least, position.x), Number.POSITIVE_INFINITY);
  const top = drawn.reduce((least, position) => Math.min(least, position.y), Number.POSITIVE_INFINITY);
  return drawn.length ? { x: left, y: top } : null;
}
