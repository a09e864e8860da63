import { describe, expect, it } from "vitest";
import { analyze, edge, type Field, graph, LAYERS, node } from "../blueprint/index.js";
import { determinedBy, entering } from "./determined.js";
import { isFact, problemOf, setting, sharedFields, stepped, understood, written } from "./setting.js";

function field(type: string, name: string): Field {
  return LAYERS.get(type)?.fields.find((each) => each.name === name) as Field;
}

describe("what is written", () => {
  it.each([
    ["Conv2d", "kernel_size", "3", 3],
    ["Conv2d", "kernel_size", "3, 5", [3, 5]],
    ["Conv2d", "padding", "same", "same"],
    ["Input", "shape", "B, 3, 2*T + 1, 8", ["B", 3, "2*T + 1", 8]],
    ["Input", "shape", "[B, 3]", ["B", 3]],
    ["Input", "shape", "(B, 1, 8, 8)", ["B", 1, 8, 8]],
    ["Input", "shape", "(B, )", ["B"]],
    ["Input", "shape", "(T + 1), (T - 1)", ["(T + 1)", "(T - 1)"]],
    ["Input", "shape", "(T + 1)//2", ["(T + 1)//2"]],
    ["Input", "shape", "B × 1 × 8 × 8", ["B", 1, 8, 8]],
    ["Input", "shape", "1x8x8", [1, 8, 8]],
    ["Input", "shape", "B x 1 x 8 x 8", ["B", 1, 8, 8]],
    ["Input", "shape", "B 1 8 8", ["B", 1, 8, 8]],
    ["Input", "shape", "B, x1", ["B", "x1"]],
    ["Conv2d", "kernel_size", "3x5", [3, 5]],
    ["AdaptiveAvgPool2d", "output_size", "none, 4", [null, 4]],
    ["Dropout", "p", "0.25", 0.25],
    ["LayerNorm", "eps", "1e-6", 1e-6],
    ["Mean", "dim", "-1, -2", [-1, -2]],
    ["Lambda", "expression", "x * sigmoid(x, 2)", "x * sigmoid(x, 2)"],
    ["AvgPool2d", "stride", "", undefined],
    ["BatchNorm2d", "momentum", "", null],
  ])("%s.%s: %s", (type, name, text, value) => {
    const read = understood(field(type, name), text);
    expect(read).toEqual(value);
    expect(problemOf(field(type, name), read)).toBeNull();
    if (value !== undefined && value !== null) expect(understood(field(type, name), written(read))).toEqual(value);
  });

  it.each([
    ["Conv2d", "kernel_size", "three", 'kernel_size is "three"; it must be an integer or a pair'],
    ["Conv2d", "out_channels", "0", "out_channels is 0; it must be an integer"],
    ["Conv2d", "out_channels", "", "needs out_channels; set it to an integer"],
    ["Input", "shape", "B, 2**3", "2**3"],
    ["Dropout", "p", "1.5", "p is 1.5; it must be a number from 0 to 1"],
  ])("of %s.%s that cannot be read, %s, is explained", (type, name, text, problem) => {
    expect(problemOf(field(type, name), understood(field(type, name), text))).toContain(problem);
  });
});

describe("a setting", () => {
  const conv = node("c", "Conv2d", {
    config: new Map<string, number>([
      ["out_channels", 8],
      ["kernel_size", 3],
      ["padding", 1],
    ]),
  });

  it("is given, or taken back where it is the default", () => {
    expect(setting(conv, field("Conv2d", "stride"), 2)).toMatchObject({ set: new Map([["stride", 2]]), unset: [] });
    expect(setting(conv, field("Conv2d", "padding"), 0)).toMatchObject({ set: new Map(), unset: ["padding"] });
    expect(setting(conv, field("Conv2d", "padding"), undefined)).toMatchObject({ unset: ["padding"] });
    expect(setting(conv, field("Conv2d", "padding"), 1)).toBeNull();
    expect(setting(conv, field("Conv2d", "stride"), undefined)).toBeNull();
  });

  it("steps within its range", () => {
    expect(stepped(field("Conv2d", "out_channels"), 8, 1)).toBe(9);
    expect(stepped(field("Conv2d", "out_channels"), 1, -1)).toBe(1);
    expect(stepped(field("Dropout", "p"), 0.95, 1)).toBe(1);
    expect(stepped(field("Dropout", "p"), undefined, 1)).toBe(0.55);
    expect(stepped(field("LayerNorm", "eps"), 1e-5, 1)).toBe(2e-5);
  });

  it("is shared where layers have it alike", () => {
    const layers = ["Conv2d", "DepthwiseConv2d"].map((type) => LAYERS.get(type) as never);
    const names = sharedFields(layers).map(({ name }) => name);
    expect(names).toContain("kernel_size");
    expect(names).not.toContain("in_channels");
    expect(names).not.toContain("out_channels");
  });
});

describe("what the input decides", () => {
  it("is told by the rule", () => {
    const drawn = graph({
      nodes: [
        node("in", "Input", { config: new Map([["shape", ["B", 3, 8, 8]]]) }),
        node("p", "MaxPool2d", { config: new Map([["kernel_size", 2]]) }),
        node("c", "Conv2d", {
          config: new Map([
            ["out_channels", 8],
            ["kernel_size", 3],
          ]),
        }),
        node("out", "Output"),
      ],
      edges: [
        edge("in", "p", { sourceHandle: "out", targetHandle: "in" }),
        edge("p", "c", { sourceHandle: "out", targetHandle: "in" }),
        edge("c", "out", { sourceHandle: "out", targetHandle: "in" }),
      ],
    });
    const analysis = analyze(drawn);
    const about = (id: string) =>
      determinedBy(drawn.nodes.find((each) => each.id === id) as never, entering(drawn, analysis, [], id));
    expect(about("c")).toMatchObject({ in_channels: 3 });
    expect(about("p")).toMatchObject({ stride: [2, 2] });
    expect(about("in")).toEqual({});
    expect(isFact(field("Conv2d", "in_channels"))).toBe(true);
    expect(isFact(field("Softmax", "dim"))).toBe(false);
  });
});
