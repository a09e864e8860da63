/** The edits that bring a drawing back to what it was: its content, and where its nodes are drawn. */

import { apply, diff, type Edit, type Graph, moveNode, type Node, within } from "../blueprint/index.js";
import { samePlace } from "../canvas/geometry.js";

/** Edits from `now` to `then`, one batch; none where nothing differs. Throws DocumentError where no edits lead there. */
export function restoring(now: Graph, then: Graph): readonly Edit[] {
  const edits = diff(now, then);
  return [...edits, ...moves(apply(now, edits), then)];
}

/** Edits after which the nodes of `a` are drawn where those of `b` are, inside Blocks too; others stay. */
function moves(a: Graph, b: Graph): Edit[] {
  const wanted = new Map(b.nodes.map((node) => [node.id, node]));
  return a.nodes.flatMap((node) => movesOf(node, wanted.get(node.id)));
}

function movesOf(node: Node, wanted: Node | undefined): Edit[] {
  if (!wanted) return [];
  const inner = node.graph && wanted.graph ? moves(node.graph, wanted.graph) : [];
  const moved = samePlace(node.position, wanted.position) ? [] : [moveNode(node.id, wanted.position)];
  return [...moved, ...(inner.length > 0 ? [within(node.id, inner)] : [])];
}
