/** Connecting two ports: why two cannot be, and the edits that do it. */

import { connect, disconnect, type Edge, type Edit, edge, type Graph } from "../blueprint/index.js";

/** An output port and an input port. */
export interface Wire {
  readonly source: string;
  readonly sourceHandle: string;
  readonly target: string;
  readonly targetHandle: string;
}

/** Why two ports cannot be connected, one sentence; null where they can. */
export function objection(graph: Graph, wire: Wire): string | null {
  if (wire.source === wire.target) return "A node cannot feed itself; choose an input of another node.";
  if (drawnAs(graph, wire)) return `${wire.source} and ${wire.target} are connected there already.`;
  return null;
}

/** The edge between two ports, where it is drawn. */
export function drawnAs(graph: Graph, wire: Wire): Edge | undefined {
  return graph.edges.find(
    (edge) =>
      edge.source === wire.source &&
      edge.target === wire.target &&
      edge.sourceHandle === wire.sourceHandle &&
      edge.targetHandle === wire.targetHandle,
  );
}

/** Edges that stand at an input port. */
export function edgesInto(graph: Graph, target: string, handle: string): readonly Edge[] {
  return graph.edges.filter((edge) => edge.target === target && edge.targetHandle === handle);
}

/** Connects two ports; edges that stood at the input go. */
export function connecting(graph: Graph, { source, sourceHandle, target, targetHandle }: Wire): readonly Edit[] {
  const before = edgesInto(graph, target, targetHandle).map(disconnect);
  return [...before, connect(edge(source, target, { sourceHandle, targetHandle }))];
}

/** Edges by their ends; no name holds a NUL. */
export function edgeId(edge: Edge): string {
  return [edge.source, edge.sourceHandle ?? "", edge.target, edge.targetHandle ?? ""].join("\0");
}
