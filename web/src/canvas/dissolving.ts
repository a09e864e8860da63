/** A Block dissolved: what it held stands where it was, as it stood inside. */

import { type Edit, type Graph, moveNode, type Node, type Position, ungroup } from "../blueprint/index.js";
import { ROW } from "./geometry.js";

/** The edits, and the ids its nodes get: prefixed where one of them is taken. */
export function dissolving(graph: Graph, block: Node): { ids: readonly string[]; edits: readonly Edit[] } {
  const inside = (block.graph?.nodes ?? []).filter(({ type }) => type !== "Input" && type !== "Output");
  const others = new Set(graph.nodes.map(({ id }) => id).filter((id) => id !== block.id));
  const prefix = inside.some(({ id }) => others.has(id)) ? `${block.id}_` : "";
  const moves = unpacked(inside, block).map(([id, place]) => moveNode(prefix + id, place));
  return { ids: inside.map(({ id }) => prefix + id), edits: [ungroup(block.id, prefix), ...moves] };
}

/** Places from the Block's own on. */
function unpacked(inside: readonly Node[], block: Node): readonly (readonly [string, Position])[] {
  const drawn = inside.flatMap(({ id, position }) => (position ? [{ id, ...position }] : []));
  const left = Math.min(...drawn.map(({ x }) => x));
  const top = Math.min(...drawn.map(({ y }) => y));
  const { x, y } = block.position ?? { x: 0, y: ROW };
  return drawn.map((each) => [each.id, { x: x + each.x - left, y: y + each.y - top }] as const);
}
