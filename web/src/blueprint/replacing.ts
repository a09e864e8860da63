/** Putting another node in a node's place: edges stay where the new one has their ports, the others go. */

import { named } from "./canonical.js";
import type { Edge, Node } from "./document.js";
import { type Draft, ends, Refused } from "./draft.js";
import { connect, disconnect, type Edit } from "./edits.js";
import { accepts, type Port, port } from "./layer.js";
import { layerOf } from "./layers.js";
import { HOLDERS, inputsOf, outputsOf } from "./ports.js";
import { quoted } from "./quoting.js";

/** Replace a node of a draft, and give the edits that undo it. */
export function replace(draft: Draft, id: string, node: Node): Edit[] {
  const old = draft.node(id);
  if (node.id !== id) {
    throw new Refused(
      `node ${quoted(id)} cannot be replaced by one called ${quoted(node.id)}; call it ${quoted(id)} too`,
    );
  }
  const before = draft.edgesAt(id);
  for (const edge of before) draft.drop(edge);
  draft.leave(old);
  draft.enter(named(node));
  // An edge without a handle takes a port that no other has.
  const places = new Places(draft.node(id));
  for (const edge of [...before].sort((a, b) => unnamed(a) - unnamed(b))) putBack(draft, edge, places);
  const [was, now] = [before, draft.edgesAt(id)].map((edges) => edges.filter((edge) => draft.joins(edge)));
  return undo(old, was ?? [], now ?? []);
}

/** The ports of a node, to look edges up in; a node whose ports are unknown has any. */
export class Places {
  private readonly id: string;
  private readonly any: boolean;
  private readonly inputs: Names;
  private readonly outputs: Names;

  constructor(node: Node) {
    this.id = node.id;
    this.any = layerOf(node.type) === null && (!HOLDERS.includes(node.type) || node.graph === null);
    this.inputs = new Names(inputsOf(node));
    this.outputs = new Names(outputsOf(node).map(outputPort));
  }

  /** Whether the node has the ports that an edge at it names. */
  fit(edge: Edge): boolean {
    const enters = edge.target !== this.id || this.inputs.hold(edge.targetHandle);
    return this.any || (enters && (edge.source !== this.id || this.outputs.hold(edge.sourceHandle)));
  }

  /** Whether an edge at the node names no port where there are some. */
  namedNone(edge: Edge): boolean {
    const enters = edge.target === this.id && edge.targetHandle === null && this.inputs.some;
    return enters || (edge.source === this.id && edge.sourceHandle === null && this.outputs.some);
  }
}

/** The names that ports go by. */
class Names {
  readonly some: boolean;
  private readonly single: ReadonlySet<string>;
  private readonly variadic: readonly Port[];

  constructor(ports: readonly Port[]) {
    this.some = ports.length > 0;
    this.single = new Set(ports.filter((port) => !port.variadic).map((port) => port.name));
    this.variadic = ports.filter((port) => port.variadic);
  }

  hold(handle: string | null): boolean {
    return handle !== null && (this.single.has(handle) || this.variadic.some((port) => accepts(port, handle)));
  }
}

function outputPort(name: string): Port {
  return name.endsWith(".*") ? { ...port(name.slice(0, -2)), variadic: true } : port(name);
}

function putBack(draft: Draft, edge: Edge, places: Places): void {
  const whole = draft.nodes.has(edge.source) && draft.nodes.has(edge.target) ? draft.complete(edge) : edge;
  if (places.fit(whole) && !draft.edges.has(ends(whole))) draft.put(whole);
}

function undo(old: Node, before: readonly Edge[], after: readonly Edge[]): Edit[] {
  const places = new Places(old);
  const [was, now] = [new Set(before.map(ends)), new Set(after.map(ends))];
  return [
    ...after.filter((edge) => !was.has(ends(edge))).map(disconnect),
    { op: "replace", id: old.id, node: old },
    ...before.filter((edge) => !now.has(ends(edge)) || !places.fit(edge)).map(connect),
  ];
}

function unnamed(edge: Edge): number {
  return (edge.targetHandle === null ? 2 : 0) + (edge.sourceHandle === null ? 1 : 0);
}
