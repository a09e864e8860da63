import { describe, expect, it } from "vitest";
import { apply, graph, node, removeNode } from "../blueprint/index.js";
import { editsAt, graphAt, nameAt, placeOf } from "./scope.js";

const deep = graph({ nodes: [node("relu", "ReLU")] });
const inner = graph({ nodes: [node("d", "Block", { graph: deep }), node("hollow", "Block")] });
const whole = graph({ nodes: [node("b", "Block", { graph: inner })] });

describe("the graph a person looks at", () => {
  it("is reached by the ids on the way", () => {
    expect(graphAt(whole, [])).toBe(whole);
    expect(graphAt(whole, ["b"])).toBe(inner);
    expect(graphAt(whole, ["b", "d"])).toBe(deep);
    expect(graphAt(whole, ["b", "hollow"])?.nodes).toEqual([]);
  });

  it("is null once a Block on the way is gone", () => {
    expect(graphAt(whole, ["b", "x"])).toBeNull();
    expect(graphAt(whole, ["x", "d"])).toBeNull();
  });

  it("is changed by edits of the whole", () => {
    const after = apply(whole, editsAt(["b", "d"], [removeNode("relu")]));
    expect(graphAt(after, ["b", "d"])?.nodes).toEqual([]);
    expect(editsAt([], [removeNode("b")])).toEqual([removeNode("b")]);
  });

  it("names nodes as the analysis does", () => {
    expect(nameAt(["b", "d"], "relu")).toBe("b/d/relu");
    expect(placeOf("b/d/relu")).toEqual({ path: ["b", "d"], id: "relu" });
    expect(placeOf("relu")).toEqual({ path: [], id: "relu" });
  });
});
