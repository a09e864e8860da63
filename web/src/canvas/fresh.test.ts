import { describe, expect, it } from "vitest";
import { addNode, analyze, apply, connect, edge, graph, inputsOf, LAYERS, node, objectOf } from "../blueprint/index.js";
import { freshNode } from "./fresh.js";
import { newId, uniqueId } from "./naming.js";

const SHAPES: readonly (readonly [shape: (string | number)[], dtype: string])[] = [
  [["B", 3, 32, 32], "float32"],
  [["B", 8, 32, 32], "float32"],
  [["B", 4, 32, 32], "float32"],
  [["B", 3, 32], "float32"],
  [["B", 16, 64], "float32"],
  [["B", 64], "float32"],
  [["B", 16], "int64"],
  [["B", 4, 4], "int64"],
  [["B", 3, 8, 8, 8], "float32"],
  [["B", 12, 256], "float32"],
  [["B", 4, 16, 16], "int64"],
];
/** Layers whose inputs are of different kinds; nothing can be fed into all of them at once. */
const MIXED = new Set(["Experts", "MaxUnpool2d"]);

function fed(type: string, [shape, dtype]: (typeof SHAPES)[number]) {
  const fresh = freshNode(type, "x", { x: 0, y: 0 });
  const input = node("feed", "Input", { config: objectOf({ shape, dtype }) });
  const ports = inputsOf(fresh).filter(({ optional }) => !optional);
  const handles = ports.flatMap(({ name, variadic, minimum }) =>
    variadic ? Array.from({ length: minimum }, (_, at) => `${name}.${at}`) : [name],
  );
  const wires = handles.map((targetHandle) => connect(edge("feed", "x", { sourceHandle: "out", targetHandle })));
  return analyze(apply(graph(), [addNode(input), addNode(fresh), ...wires]));
}

describe("a fresh node", () => {
  it.each([...LAYERS.keys()].filter((type) => !MIXED.has(type)))("of %s is valid on some input", (type) => {
    const problems = SHAPES.map((shape) =>
      fed(type, shape)
        .issues.filter(({ node, code }) => (node === "x" || node?.startsWith("x/")) && code !== "unreachable")
        .filter(({ severity }) => severity === "error")
        .map(({ message }) => message),
    );
    expect(problems.some((messages) => messages.length === 0) ? [] : problems).toEqual([]);
  });

  it("lacks no setting", () => {
    for (const type of MIXED) {
      const codes = fed(type, [["B", 8, 32, 32], "float32"]).issues.filter(({ code }) => code === "bad_config");
      expect(codes.map(({ message }) => message).filter((message) => message.includes("needs"))).toEqual([]);
    }
  });
});

describe("ids", () => {
  it("are a short name and the first free number", () => {
    expect(newId("Conv2d", new Set(["conv1", "conv3"]))).toBe("conv2");
    expect(newId("BatchNorm2d", new Set())).toBe("norm1");
    expect(newId("AdaptiveAvgPool2d", new Set())).toBe("pool1");
    expect(newId("ReLU6", new Set())).toBe("relu1");
  });

  it("of all layers hold only letters and a number", () => {
    for (const type of LAYERS.keys()) expect(newId(type, new Set())).toMatch(/^[a-z]{2,16}1$/);
  });

  it("are kept where free, else numbered on", () => {
    expect(uniqueId("conv7", new Set(["conv1"]))).toBe("conv7");
    expect(uniqueId("conv1", new Set(["conv1", "conv2"]))).toBe("conv3");
    expect(uniqueId("12", new Set(["12"]))).toBe("node1");
  });
});
