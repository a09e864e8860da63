/** What the input decides about a layer's settings, from the layer's own rule and what enters. */

import { ValueError } from "../blueprint/errors.js";
import { type Analysis, type Graph, layerOf, type Node, type Tensor } from "../blueprint/index.js";
import { accepts, type Config, type Report } from "../blueprint/layer.js";
import { HOLDERS } from "../blueprint/ports.js";
import { readConfig } from "../blueprint/settings.js";
import { nameAt, type Path } from "./scope.js";

/** One tensor at an input or output of a node, null while it is not known. */
export interface AtPort {
  readonly port: string;
  readonly tensor: Tensor | null;
}

const QUIET: Report = (verdict) => verdict !== false;

/** What enters a node, edge by edge. */
export function entering(graph: Graph, analysis: Analysis, path: Path, id: string): readonly AtPort[] {
  const edges = graph.edges.filter(({ target }) => target === id);
  return edges.map(({ source, sourceHandle, targetHandle }) => ({
    port: targetHandle ?? "",
    tensor: analysis.nodes.get(nameAt(path, source))?.outputs.get(sourceHandle ?? "") ?? null,
  }));
}

/** Settings by name as the layer computes with them; empty where something is missing or wrong. */
export function determinedBy(node: Node, entered: readonly AtPort[]): Config {
  const layer = layerOf(node.type);
  if (!layer || HOLDERS.includes(node.type) || layer.inputs.length === 0) return {};
  const config = readConfig(layer, node.config, QUIET);
  const at = (handle: string) => entered.find(({ port }) => port === handle)?.tensor ?? null;
  const given = layer.inputs.map((port) => {
    if (!port.variadic) return at(port.name) ?? (port.standIn ? at(port.standIn) : null);
    return entered.flatMap(({ port: handle, tensor }) => (accepts(port, handle) && tensor ? [tensor] : []));
  });
  const complete = layer.inputs.every((port, n) => port.optional || given[n] !== null);
  if (!config || !complete) return {};
  try {
    return layer.rule(...given, config, QUIET)?.determined ?? {};
  } catch (error) {
    if (error instanceof ValueError) return {};
    throw error;
  }
}
