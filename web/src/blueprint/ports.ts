/**
 * Where edges may start and end at a node, and which place an edge takes that names none.
 *
 * A Block's ports are the Inputs and Outputs drawn inside it; every other node has those of its type.
 */

import type { Edge, Graph, Node } from "./document.js";
import { type Port, port } from "./layer.js";
import { layerOf } from "./layers.js";

/** Types whose nodes hold a graph. */
export const HOLDERS: readonly string[] = ["Block", "GradCheckpoint"];

const ENDS = new WeakMap<Graph, readonly [inputs: readonly string[], outputs: readonly string[]]>();

/** The input ports of a node; none where its type is unknown. */
export function inputsOf(node: Node): readonly Port[] {
  return HOLDERS.includes(node.type) ? inputIds(node.graph).map(port) : (layerOf(node.type)?.inputs ?? []);
}

/** The output ports of a node; `out.*` stands for out.0, out.1, ...; none where its type is unknown. */
export function outputsOf(node: Node): readonly string[] {
  return HOLDERS.includes(node.type) ? outputIds(node.graph) : (layerOf(node.type)?.outputs ?? []);
}

/** The ids of a graph's Inputs in document order, each once. */
export function inputIds(graph: Graph | null): readonly string[] {
  return graph ? endsOf(graph)[0] : [];
}

/** The ids of a graph's Outputs in document order, each once. */
export function outputIds(graph: Graph | null): readonly string[] {
  return graph ? endsOf(graph)[1] : [];
}

/** Counts the edges into each port; finds the lowest free variadic one in amortised constant time. */
export class Ports {
  private readonly edges = new Map<string, number>();
  private readonly lowest = new Map<string, number>();

  constructor(edges: Iterable<Edge> = []) {
    for (const edge of edges) this.enter(edge);
  }

  /** Note that an edge arrives. */
  enter({ target, targetHandle }: Edge): void {
    const place = placeOf(target, targetHandle);
    this.edges.set(place, (this.edges.get(place) ?? 0) + 1);
  }

  /** Note that an edge is gone. */
  leave({ target, targetHandle }: Edge): void {
    const place = placeOf(target, targetHandle);
    this.edges.set(place, (this.edges.get(place) ?? 0) - 1);
    this.lowest.delete(target);
  }

  /** The edge with its omitted handles written, as far as its nodes exist and their ports are known. */
  completed(edge: Edge, nodes: ReadonlyMap<string, Node>): Edge {
    const [source, target] = [nodes.get(edge.source), nodes.get(edge.target)];
    const sourceHandle = edge.sourceHandle ?? (source ? firstOutput(source) : null);
    const targetHandle = edge.targetHandle ?? (target ? this.firstInput(target) : null);
    const same = sourceHandle === edge.sourceHandle && targetHandle === edge.targetHandle;
    return same ? edge : { ...edge, sourceHandle, targetHandle };
  }

  private firstInput(node: Node): string | null {
    if (HOLDERS.includes(node.type)) return inputIds(node.graph)[0] ?? null;
    const first = inputsOf(node)[0];
    if (!first) return null;
    return first.variadic ? this.free(node.id, first.name) : first.name;
  }

  private free(node: string, name: string): string {
    let number = this.lowest.get(node) ?? 0;
    while (this.edges.get(placeOf(node, `${name}.${number}`))) number++;
    this.lowest.set(node, number);
    return `${name}.${number}`;
  }
}

function firstOutput(node: Node): string | null {
  const first = outputsOf(node)[0] ?? null;
  return first?.endsWith(".*") ? `${first.slice(0, -1)}0` : first;
}

function endsOf(graph: Graph): readonly [readonly string[], readonly string[]] {
  let ends = ENDS.get(graph);
  if (!ends) {
    ends = [idsOf(graph, "Input"), idsOf(graph, "Output")];
    ENDS.set(graph, ends);
  }
  return ends;
}

function idsOf(graph: Graph, type: string): readonly string[] {
  return [...new Set(graph.nodes.filter((node) => node.type === type).map((node) => node.id))];
}

/** No id of a document holds a NUL. */
function placeOf(node: string, handle: string | null): string {
  return handle === null ? node : `${node}\0${handle}`;
}
