import { describe, expect, it } from "vitest";
import { addNode, configure, graph, node, objectOf, within } from "../blueprint/index.js";
import { batchesOf, documentOf, editsOf, graphOf, keptBatches, plainEdits } from "./wire.js";

const hostile = '<img src=x onerror="alert(1)">\u202e"\\ and __proto__';
const drawn = graph({
  name: hostile,
  nodes: [
    node(hostile, "ReLU", {
      position: { x: -0.5, y: 1e6 },
      config: objectOf({ inplace: true, odd: [1, null, {}] as never }),
    }),
    node("b", "Block", { graph: graph({ nodes: [node("__proto__", "ReLU")] }) }),
  ],
});

describe("the wire", () => {
  it("carries documents there and back", () => {
    const plain = documentOf(graph({ ...drawn, nodes: drawn.nodes.slice(1) }));
    expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
    expect(documentOf(graphOf(plain))).toEqual(plain);
    expect(graphOf(plain).name).toBe(hostile);
    expect(graphOf(plain).nodes[0]?.graph?.nodes[0]?.id).toBe("__proto__");
  });

  it("carries batches to the device and back, each the same request again", () => {
    const edits = [
      addNode(node(hostile, "Conv2d", { config: objectOf({ out_channels: 3, momentum: 0.1 }) })),
      within("b", [configure("__proto__", objectOf({ inplace: true }), ["other"])]),
    ];
    const batch = { key: "k", label: "Draw", edits, base: 7 };
    const kept = structuredClone(keptBatches([batch]));
    expect(batchesOf(kept)).toEqual([batch]);
    expect(JSON.stringify(plainEdits(batchesOf(kept)[0]?.edits ?? []))).toBe(JSON.stringify(plainEdits(edits)));
  });

  it("refuses what are no edits", () => {
    expect(() => editsOf([{ op: "explode", id: "b" }])).toThrow('edits[0]: "op" must be one of');
  });
});
