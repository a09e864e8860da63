import { expect, it } from "vitest";
import { edge, graph, type Node, node } from "../blueprint/index.js";
import { COLUMN, ROW } from "./geometry.js";
import { placesOf } from "./places.js";

const wired = (nodes: readonly Node[], ...ends: readonly [string, string][]) =>
  placesOf(graph({ nodes: [...nodes], edges: ends.map(([source, target]) => edge(source, target)) }));
const at = (x: number, y: number) => ({ position: { x, y } });

it("stands where the document says", () => {
  expect(wired([node("in", "Input", at(7, 9))]).get("in")).toEqual({ x: 7, y: 9 });
});

it("is in rows where no node has a place", () => {
  const places = wired(
    [node("in", "Input"), node("out", "Output"), node("other", "Output")],
    ["in", "out"],
    ["in", "other"],
  );
  expect(places.get("in")).toEqual({ x: 0, y: 0 });
  expect(places.get("other")).toEqual({ x: -COLUMN / 2, y: ROW });
  expect(places.get("out")).toEqual({ x: COLUMN / 2, y: ROW });
});

it("puts the ports of a Block above and below what it holds", () => {
  const held = [node("a", "ReLU", at(320, 640)), node("b", "ReLU", at(320, 640 + ROW))];
  const places = wired([node("in", "Input"), ...held, node("out", "Output")], ["in", "a"], ["a", "b"], ["b", "out"]);
  expect(places.get("in")).toEqual({ x: 320, y: 640 - ROW });
  expect(places.get("out")).toEqual({ x: 320, y: 640 + 2 * ROW });
});

it("puts two beside each other where both belong at one place", () => {
  const places = wired(
    [node("a", "Add", at(0, 0)), node("one", "Input"), node("two", "Input")],
    ["one", "a"],
    ["two", "a"],
  );
  expect(places.get("one")).toEqual({ x: 0, y: -ROW });
  expect(places.get("two")?.y).toBe(-ROW);
  expect(places.get("two")?.x).toBeGreaterThan(0);
});
