import { describe, expect, it } from "vitest";
import { analyze, edge, graph, node } from "../blueprint/index.js";
import { heatOf, scaleOf } from "./heat.js";

const inner = graph({
  nodes: [node("in", "Input"), node("fc", "Linear", { config: new Map([["out_features", 8]]) }), node("out", "Output")],
  edges: [edge("in", "fc"), edge("fc", "out")],
});

function drawn(width: number | string) {
  return analyze(
    graph({
      nodes: [
        node("in", "Input", { config: new Map([["shape", ["B", width, 8]]]) }),
        node("a", "Linear", { config: new Map([["out_features", 8]]) }),
        node("b", "Block", { config: new Map([["repeat", 3]]), graph: inner }),
        node("r", "ReLU"),
        node("out", "Output"),
      ],
      edges: [edge("in", "a"), edge("a", "b"), edge("b", "r"), edge("r", "out")],
    }),
  );
}

describe("heat", () => {
  it("gives the largest 1, nothing 0, and what lies between a share on a log scale", () => {
    const heat = heatOf(drawn(4), [], "params");
    expect(heat.get("b")).toBe(1);
    expect(heat.get("r")).toBe(0);
    expect(heat.get("a")).toBeGreaterThan(0);
    expect(heat.get("a")).toBeLessThan(1);
    expect([...heat.keys()]).not.toContain("b/fc");
  });

  it("shows the inside of a Block on a scale of its own", () => {
    expect(heatOf(drawn(4), ["b"], "params").get("fc")).toBe(1);
  });

  it("counts weights beside activations as memory", () => {
    const analysis = drawn(4);
    const most = scaleOf(analysis, [], "memory")?.most;
    const figures = analysis.nodes.get("b");
    expect(most?.id).toBe("b");
    expect(most?.size).toBe(Number(figures?.activationBytes) + 4 * Number(figures?.params));
  });

  it("compares expressions, and tells them as they are", () => {
    const analysis = drawn("T");
    expect(scaleOf(analysis, [], "macs")?.most.text).toBe("192*T");
    expect(heatOf(analysis, [], "macs").get("b")).toBe(1);
  });

  it("is nothing where nothing is asked for, and 0 where no node takes any", () => {
    expect(heatOf(drawn(4), [], null).size).toBe(0);
    const idle = analyze(
      graph({ nodes: [node("r", "ReLU"), node("in", "Input", { config: new Map([["shape", [2]]]) })] }),
    );
    expect([...heatOf(idle, [], "params").values()]).toEqual([0]);
    expect(scaleOf(idle, [], "params")).toBeNull();
  });
});
