import { expect, test } from "vitest";
import {
  apply,
  configure,
  contentHash,
  edge,
  type Graph,
  graph,
  group,
  moveNode,
  node,
  objectOf,
  removeNode,
  renameNode,
} from "../blueprint/index.js";
import { restoring } from "./restoring.js";

const at = (y: number) => ({ position: { x: 0, y } });
const THEN = graph({
  nodes: [
    node("in", "Input", at(0)),
    node("a", "Linear", at(96)),
    node("act", "ReLU", at(192)),
    node("out", "Output", at(288)),
  ],
  edges: [edge("in", "a"), edge("a", "act"), edge("act", "out")],
});

function placesOf({ nodes }: Graph): unknown {
  return Object.fromEntries(
    nodes.map(({ id, position, graph }) => [id, graph ? [position, placesOf(graph)] : position]),
  );
}

test.each([
  ["nothing", []],
  ["a setting", [configure("a", objectOf([["out_features", 3]]))]],
  ["a place", [moveNode("a", { x: 5, y: 7 })]],
  ["a node gone", [removeNode("act")]],
  ["a name, and a place", [renameNode("a", "b"), moveNode("b", { x: 640, y: 0 })]],
  ["a Block", [group(["a", "act"], "stage")]],
])("after %s changed, the content and the places are as they were", (_, edits) => {
  const now = apply(THEN, edits);
  const back = restoring(now, THEN);
  const restored = apply(now, back);
  expect(contentHash(restored)).toBe(contentHash(THEN));
  expect(placesOf(restored)).toEqual(placesOf(THEN));
  if (edits.length === 0) expect(back).toEqual([]);
});
