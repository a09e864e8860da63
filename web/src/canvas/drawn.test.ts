/** What a person does to a drawing, as edits: adding, connecting, copying, putting in line. */

import { describe, expect, it } from "vitest";
import { analyze, apply, edge, type Graph, graph, node, objectOf } from "../blueprint/index.js";
import { addingAfter, addingAt, insertingOn } from "./adding.js";
import { aligned } from "./aligning.js";
import { copied, duplicating, pasting } from "./clipboard.js";
import { connecting, drawnAs, objection } from "./connecting.js";
import { neighbourOf } from "./neighbours.js";
import { placesOf } from "./places.js";
import { tidied } from "./tidying.js";

const CHAIN = graph({
  nodes: [
    node("in", "Input", { config: objectOf({ shape: ["B", 3, 32, 32] }), position: { x: 0, y: 0 } }),
    node("conv1", "Conv2d", {
      config: objectOf({ out_channels: 8, kernel_size: 3 }),
      position: { x: 0, y: 96 },
    }),
    node("out", "Output", { position: { x: 0, y: 192 } }),
  ],
  edges: [
    edge("in", "conv1", { sourceHandle: "out", targetHandle: "in" }),
    edge("conv1", "out", { sourceHandle: "out", targetHandle: "in" }),
  ],
});

const ends = (drawn: Graph) =>
  drawn.edges.map(({ source, target, targetHandle }) => `${source}>${target}.${targetHandle}`);

describe("adding", () => {
  it("puts a node below the selected one, beside what stands there, and feeds it", () => {
    const { node: added, edits, after } = addingAfter(CHAIN, placesOf(CHAIN), "Conv2d", CHAIN.nodes[0] as never);
    expect([added.id, added.position, after]).toEqual(["conv2", { x: 256, y: 96 }, "in"]);
    expect(ends(apply(CHAIN, edits))).toContain("in>conv2.in");
  });

  it("connects nothing to a layer without inputs", () => {
    expect(addingAfter(CHAIN, placesOf(CHAIN), "Constant", CHAIN.nodes[0] as never).after).toBeNull();
  });

  it("finds a free place near the middle of what is seen, on the grid", () => {
    const { node: added } = addingAt(CHAIN, placesOf(CHAIN), "ReLU", { x: 100, y: 130 });
    expect(added.position).toEqual({ x: 256, y: 96 });
  });

  it("inserts on an edge and makes room below", () => {
    const addition = insertingOn(CHAIN, placesOf(CHAIN), "ReLU", CHAIN.edges[1] as never);
    const drawn = apply(CHAIN, addition?.edits ?? []);
    expect(ends(drawn)).toEqual(["in>conv1.in", "conv1>relu1.in", "relu1>out.in"]);
    expect(drawn.nodes.map(({ id, position }) => [id, position?.y])).toEqual([
      ["in", 0],
      ["conv1", 96],
      ["out", 288],
      ["relu1", 192],
    ]);
    expect(analyze(drawn).valid).toBe(true);
  });

  it("does not insert what lets nothing through", () => {
    expect(insertingOn(CHAIN, placesOf(CHAIN), "Output", CHAIN.edges[0] as never)).toBeNull();
  });
});

describe("connecting", () => {
  const wire = { source: "in", sourceHandle: "out", target: "out", targetHandle: "in" };

  it("takes the place of the edge at an occupied input, in one batch", () => {
    expect(ends(apply(CHAIN, connecting(CHAIN, wire)))).toEqual(["in>conv1.in", "in>out.in"]);
  });

  it("says why two ports cannot be connected", () => {
    expect(objection(CHAIN, wire)).toBeNull();
    expect(objection(CHAIN, { ...wire, target: "in" })).toMatch(/itself/);
    expect(objection(CHAIN, { ...wire, target: "conv1" })).toMatch(/already/);
    expect(drawnAs(CHAIN, { ...wire, target: "conv1" })).toBe(CHAIN.edges[0]);
  });
});

describe("copying", () => {
  it("keeps settings and inner edges, gives new ids, and covers nothing", () => {
    const { ids, edits } = pasting(CHAIN, copied(CHAIN, ["in", "conv1"]));
    const drawn = apply(CHAIN, edits);
    expect(ids).toEqual(["in1", "conv2"]);
    expect(ends(drawn)).toContain("in1>conv2.in");
    expect(drawn.edges).toHaveLength(3);
    expect(drawn.nodes.at(-1)).toMatchObject({ config: CHAIN.nodes[1]?.config, position: { x: 256, y: 96 } });
  });

  it("pasted twice covers neither the first nor the second", () => {
    const once = apply(CHAIN, duplicating(CHAIN, ["conv1"]).edits);
    const twice = apply(once, pasting(once, copied(CHAIN, ["conv1"])).edits);
    expect(twice.nodes.slice(3).map(({ id, position }) => [id, position?.x])).toEqual([
      ["conv2", 256],
      ["conv3", 512],
    ]);
  });

  it("refuses what is no document", () => {
    expect(() => pasting(CHAIN, "hello")).toThrow();
  });
});

describe("putting in line", () => {
  const boxes = [
    { id: "a", x: 0, y: 0, width: 192, height: 64 },
    { id: "b", x: 64, y: 96, width: 256, height: 64 },
    { id: "c", x: 10, y: 320, width: 192, height: 64 },
  ];

  it.each([
    ["left", { b: [0, 96], c: [0, 320] }],
    ["right", { a: [128, 0], c: [128, 320] }],
    ["centre", { a: [64, 0], b: [32, 96], c: [64, 320] }],
    ["top", { b: [64, 0], c: [10, 0] }],
    ["down", { b: [64, 160] }],
  ] as const)("%s", (alignment, expected) => {
    const found = [...aligned(boxes, alignment)].map(([id, { x, y }]) => [id, [x, y]]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});

describe("tidying", () => {
  it("puts what is fed below what feeds it, on the grid", async () => {
    const boxes = CHAIN.nodes.map(({ id }) => ({ id, x: 5, y: 5, width: 192, height: 64 }));
    expect([...(await tidied(CHAIN, boxes))]).toEqual([
      ["in", { x: 0, y: 0 }],
      ["conv1", { x: 0, y: 96 }],
      ["out", { x: 0, y: 192 }],
    ]);
  });
});

describe("places", () => {
  it("are found for nodes without one, also on a circle", () => {
    const bare = graph({
      nodes: [node("a", "Input"), node("b", "Add"), node("c", "ReLU"), node("d", "ReLU")],
      edges: [edge("a", "b"), edge("c", "d"), edge("d", "c")],
    });
    const places = [...placesOf(bare).values()];
    expect(places.map(({ y }) => y)).toEqual([0, 0, 96, 96]);
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(4);
  });
});

describe("arrow keys", () => {
  it("lead along edges, and to those with the same source", () => {
    const fork = apply(CHAIN, addingAfter(CHAIN, placesOf(CHAIN), "ReLU", CHAIN.nodes[0] as never).edits);
    const go = (from: string, direction: "up" | "down" | "left" | "right") =>
      neighbourOf(fork, placesOf(fork), from, direction);
    expect([go("in", "down"), go("conv1", "up"), go("conv1", "right"), go("relu1", "left"), go("in", "up")]).toEqual([
      "conv1",
      "in",
      "relu1",
      "conv1",
      null,
    ]);
  });
});
