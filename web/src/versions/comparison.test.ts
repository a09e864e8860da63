import { expect, test } from "vitest";
import {
  addNode,
  apply,
  configure,
  connect,
  diff,
  disconnect,
  type Edit,
  edge,
  graph,
  group,
  node,
  objectOf,
  removeNode,
  renameNode,
  replaceNode,
  ungroup,
  within,
} from "../blueprint/index.js";
import { edgeKey, levelAt, settingsOf } from "./comparison.js";
import { sentences } from "./sentences.js";

const linear = (id: string, width: number) => node(id, "Linear", { config: objectOf([["out_features", width]]) });
const START = graph({
  nodes: [node("in", "Input"), linear("a", 8), node("act", "ReLU"), linear("b", 4), node("out", "Output")],
  edges: [edge("in", "a"), edge("a", "act"), edge("act", "b"), edge("b", "out")],
});

function after(...edits: Edit[]) {
  const later = apply(START, edits);
  const found = diff(START, later);
  const level = levelAt(START, later, found, []);
  return { later, level, told: sentences(found, START) };
}

test("an added node and its edges are marked where they are, and nothing else", () => {
  const drawn = [
    addNode(node("drop", "Dropout")),
    disconnect(edge("a", "act", { sourceHandle: "out", targetHandle: "in" })),
  ];
  const { level } = after(...drawn, connect(edge("a", "drop")), connect(edge("drop", "act")));
  expect([...level.after.nodes]).toEqual([["drop", "added"]]);
  expect([...level.before.nodes]).toEqual([]);
  expect([...level.before.edges]).toEqual([edgeKey(edge("a", "act", { sourceHandle: "out", targetHandle: "in" }))]);
  expect(level.after.edges.size).toBe(2);
});

test("a removed node is marked before, with the edges that went with it", () => {
  const { level } = after(removeNode("act"));
  expect([...level.before.nodes]).toEqual([["act", "removed"]]);
  expect(level.before.edges.size).toBe(2);
  expect(level.after.edges.size).toBe(0);
});

test("a renamed node is the same node, and its edges are the same edges", () => {
  const { level, told } = after(renameNode("b", "head"));
  expect(level.names.get("b")).toBe("head");
  expect([level.before.nodes.get("b"), level.after.nodes.get("head")]).toEqual(["renamed", "renamed"]);
  expect([level.before.edges.size, level.after.edges.size]).toEqual([0, 0]);
  expect(told.map(({ text }) => text)).toEqual(["b is called head"]);
});

test("two nodes that change names are followed", () => {
  const { level } = after(renameNode("a", "x"), renameNode("b", "a"), renameNode("x", "b"));
  expect(new Set(level.names.values()).size).toBe(level.names.size);
});

test("settings are told with what they were, under the new name too", () => {
  const { level, told } = after(renameNode("b", "head"), configure("head", objectOf([["out_features", 10]])));
  expect(level.after.nodes.get("head")).toBe("changed");
  expect(told.map(({ text }) => text)).toContain("head: out_features is 10, it was 4");
  const [before, now] = [START.nodes[3] ?? null, level.after.graph.nodes.find(({ id }) => id === "head") ?? null];
  expect(settingsOf(before, now)).toEqual([{ name: "out_features", before: 4, after: 10, changed: true }]);
});

test("another layer under the same id is replaced", () => {
  const { level, told } = after(replaceNode(node("act", "GELU")));
  expect(level.after.nodes.get("act")).toBe("replaced");
  expect(told.map(({ text }) => text)).toEqual(["act is a GELU, it was a ReLU"]);
});

test("what was put into a Block, and changed there, is told with what it was", () => {
  const inside = within("stage", [configure("a", objectOf([["out_features", 16]]))]);
  const { later, level, told } = after(group(["a", "act"], "stage"), inside);
  expect(level.before.nodes.get("a")).toBe("grouped");
  expect(level.after.nodes.get("stage")).toBe("grouped");
  const inner = levelAt(START, later, diff(START, later), ["stage"]);
  expect([...inner.after.nodes]).toEqual([["a", "changed"]]);
  expect(inner.paths.before).toEqual([]);
  expect(told.map(({ text }) => text)).toEqual([
    "a, act are in the Block stage",
    "stage/a: out_features is 16, it was 8",
  ]);
  const back = sentences(diff(later, apply(later, [ungroup("stage")])), later);
  expect(back.map(({ text }) => text)).toEqual(["the Block stage is dissolved"]);
});

test("inside a Block of both the same is told a level deeper", () => {
  const first = apply(START, [group(["a", "act"], "stage")]);
  const second = apply(first, [
    renameNode("stage", "stem"),
    within("stem", [configure("a", objectOf([["out_features", 9]]))]),
  ]);
  const edits = diff(first, second);
  expect(levelAt(first, second, edits, []).after.nodes.get("stem")).toBe("changed");
  const inner = levelAt(first, second, edits, ["stem"]);
  expect([...inner.after.nodes]).toEqual([["a", "changed"]]);
  expect(inner.paths).toEqual({ before: ["stage"], after: ["stem"] });
  expect(levelAt(first, second, edits, ["nowhere"]).after.graph.nodes).toEqual([]);
});

test("names that would mislead are shown without what people cannot see", () => {
  const [told] = sentences([addNode(node("a\u202eb`c", "Linear"))], START);
  expect(told?.text).toBe("Linear a?b?c is new");
});
