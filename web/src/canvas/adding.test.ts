import { expect, it } from "vitest";
import { apply, edge, graph, node } from "../blueprint/index.js";
import { insertingOn } from "./adding.js";
import { HEIGHT, ROW, WIDTH } from "./geometry.js";
import { placesOf } from "./places.js";

const wire = edge("in", "out", { sourceHandle: "out", targetHandle: "in" });

function column(gap: number) {
  const at = (row: number) => ({ position: { x: 0, y: row * gap } });
  return graph({ nodes: [node("in", "Input", at(0)), node("out", "Output", at(1))], edges: [wire] });
}

/** Upper edges by id, after a ReLU was put on the only edge. */
function after(gap: number, at?: { x: number; y: number }) {
  const before = column(gap);
  const { edits } = insertingOn(before, placesOf(before), "ReLU", wire, at) as NonNullable<
    ReturnType<typeof insertingOn>
  >;
  return new Map(apply(before, edits).nodes.map(({ id, position }) => [id, position]));
}

it.each([
  ["in the middle of an edge", undefined],
  ["dropped on the edge", { x: WIDTH / 2, y: (HEIGHT + ROW) / 2 }],
  ["dropped a little beside it", { x: WIDTH / 2 + 40, y: HEIGHT }],
])("a node %s has room for the edges above and below", (_, at) => {
  const places = after(ROW, at);
  expect(places.get("relu1")).toEqual({ x: 0, y: ROW });
  expect(places.get("out")).toEqual({ x: 0, y: 2 * ROW });
  expect(places.get("in")).toEqual({ x: 0, y: 0 });
});

it("moves nothing where there is room", () => {
  const places = after(4 * ROW, { x: WIDTH / 2, y: 2 * ROW + HEIGHT / 2 });
  expect(places.get("relu1")).toEqual({ x: 0, y: 2 * ROW });
  expect(places.get("out")).toEqual({ x: 0, y: 4 * ROW });
});

it("stays where it was dropped far beside the edge", () => {
  expect(after(ROW, { x: 5 * WIDTH, y: ROW }).get("relu1")?.x).toBeGreaterThan(4 * WIDTH);
});
