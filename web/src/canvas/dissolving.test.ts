import { expect, it } from "vitest";
import { apply, edge, graph, node } from "../blueprint/index.js";
import { dissolving } from "./dissolving.js";

const INSIDE = graph({
  nodes: [
    node("in", "Input", { position: { x: 0, y: 0 } }),
    node("a", "ReLU", { position: { x: 40, y: 96 } }),
    node("b", "ReLU", { position: { x: 40, y: 192 } }),
    node("out", "Output", { position: { x: 0, y: 288 } }),
  ],
  edges: [edge("in", "a"), edge("a", "b"), edge("b", "out")],
});

/** A graph with a Block `block`, and other nodes. */
function around(...others: string[]) {
  const block = node("block", "Block", { graph: INSIDE, position: { x: 500, y: 300 } });
  const whole = graph({ nodes: [block, ...others.map((id) => node(id, "ReLU"))] });
  const { ids, edits } = dissolving(whole, block);
  return { ids, nodes: new Map(apply(whole, edits).nodes.map((each) => [each.id, each.position])) };
}

it("leaves what a Block held where the Block was, as it stood inside", () => {
  const { ids, nodes } = around();
  expect(ids).toEqual(["a", "b"]);
  expect([...nodes]).toEqual([
    ["a", { x: 500, y: 300 }],
    ["b", { x: 500, y: 396 }],
  ]);
});

it("names all after the Block where one of their names is taken", () => {
  const { ids, nodes } = around("b");
  expect(ids).toEqual(["block_a", "block_b"]);
  expect([...nodes.keys()].sort()).toEqual(["b", "block_a", "block_b"]);
});
