/** What each edge says on the canvas: the shape that flows along it, and whether something is wrong where it enters. */

import type { Analysis, Graph } from "../blueprint/index.js";
import { issuesAt, shapeText } from "./cards.js";
import { edgeId } from "./connecting.js";
import { nameAt, type Path } from "./scope.js";

export interface WireText {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly sourceHandle: string;
  readonly targetHandle: string;
  /** The shape, "" while unknown. */
  readonly shape: string;
  readonly wrong: boolean;
}

/** The wires of a graph; those that say the same as in `before` are the same objects. */
export function wiresOf(
  graph: Graph,
  analysis: Analysis,
  path: Path,
  before: ReadonlyMap<string, WireText>,
): ReadonlyMap<string, WireText> {
  const wrong = wrongPorts(analysis, path);
  const wires = graph.edges.map((edge) => {
    const id = edgeId(edge);
    const { source, target, sourceHandle, targetHandle } = edge;
    const tensor = analysis.nodes.get(nameAt(path, source))?.outputs.get(sourceHandle ?? "");
    const ends = { source, target, sourceHandle: sourceHandle ?? "", targetHandle: targetHandle ?? "" };
    const shape = tensor ? shapeText(tensor.shape) : "";
    const wire = { id, ...ends, shape, wrong: wrong.has(`${target}\0${targetHandle}`) };
    const old = before.get(id);
    return [id, old && old.shape === wire.shape && old.wrong === wire.wrong ? old : wire] as const;
  });
  return new Map(wires);
}

/** Ports of this graph where an error stands. */
function wrongPorts(analysis: Analysis, path: Path): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [id, issues] of issuesAt(analysis.issues, path)) {
    for (const { port, severity, node } of issues) {
      if (severity === "error" && port !== null && node === nameAt(path, id)) found.add(`${id}\0${port}`);
    }
  }
  return found;
}
