/** A tidy place for every node: rows from inputs to outputs, few crossings. The layout engine loads when first used. */

import type { Graph, Position } from "../blueprint/index.js";
import type { Box } from "./aligning.js";
import { COLUMN, ROW, snapped } from "./geometry.js";

/** Where each node goes. The upper left corner of the whole stays where it is. */
export async function tidied(graph: Graph, boxes: readonly Box[]): Promise<ReadonlyMap<string, Position>> {
  const { Graph: Drawing, layout } = await import("@dagrejs/dagre");
  const drawing = new Drawing({ multigraph: true });
  const gap = { nodesep: COLUMN - 192, ranksep: ROW - 64 };
  drawing.setGraph({ rankdir: "TB", ranker: boxes.length > 500 ? "longest-path" : "network-simplex", ...gap });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) drawing.setNode(id, { width, height });
  for (const [at, { source, target }] of graph.edges.entries()) drawing.setEdge(source, target, {}, String(at));
  layout(drawing);
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const corners = boxes.map(({ id, width, height }) => {
    const { x, y } = drawing.node(id) as { x: number; y: number };
    return { id, x: x - width / 2, y: y - height / 2 };
  });
  const [minX, minY] = [Math.min(...corners.map(({ x }) => x)), Math.min(...corners.map(({ y }) => y))];
  const start = snapped({ x: left, y: top });
  return new Map(
    corners.map(({ id, x, y }) => [id, snapped({ x: start.x + x - minX, y: start.y + y - minY })] as const),
  );
}
