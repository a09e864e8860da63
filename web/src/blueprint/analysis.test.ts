import { describe, expect, it } from "vitest";
import { analysisToJson, analyze } from "./analysis.js";
import { text } from "./dimensions.js";
import { edge, type Graph, graph, type Node, node } from "./document.js";

type Drawn = readonly [id: string, type: string, config?: object];

const made = ([id, type, config = {}]: Drawn): Node => node(id, type, { config: new Map(Object.entries(config)) });

function chain(...drawn: readonly Drawn[]): Graph {
  const edges = drawn.slice(1).map(([id], n) => edge((drawn[n] as Drawn)[0], id));
  return graph({ nodes: drawn.map(made), edges });
}

const CNN: readonly Drawn[] = [
  ["in", "Input", { shape: ["B", 1, 8, 8] }],
  ["c1", "Conv2d", { out_channels: 16, kernel_size: 3, padding: 1 }],
  ["relu", "ReLU"],
  ["flat", "Flatten"],
  ["fc", "Linear", { out_features: 10 }],
  ["out", "Output"],
];

const codes = (of: Graph) => analyze(of).issues.map((issue) => [issue.code, issue.node]);

describe("the analysis of a network", () => {
  it("tells shapes and costs of every layer, and of the whole", () => {
    const { valid, nodes, totals } = analyze(chain(...CNN));
    expect(valid).toBe(true);
    expect(nodes.get("c1")?.outputs.get("out")?.shape.map(text)).toEqual(["B", "16", "8", "8"]);
    expect(nodes.get("c1")).toMatchObject({ params: 160, macs: 9216, flops: 18432 });
    expect(totals).toMatchObject({ params: 160 + 10250, macs: 9216 + 10240 });
  });

  it("is written as contracts say: counts as decimal strings, sizes as numbers or expressions", () => {
    const wide: Drawn = ["fc", "Linear", { out_features: 2 ** 31 - 1 }];
    const json = analysisToJson(
      analyze(chain(["in", "Input", { shape: ["T", 2 ** 31 - 1] }], wide, ["out", "Output"])),
    );
    expect(json).toMatchObject({
      nodes: {
        fc: { outputs: { out: { shape: ["T", 2147483647], dtype: "float32" } }, params: "4611686016279904256" },
      },
      totals: { macs: "4611686014132420609*T", flops: "9223372028264841218*T" },
    });
  });

  it("counts optimiser state and activations of a whole batch", () => {
    const adam = analyze(chain(...CNN), { batch: 8 }).totals;
    const sgd = analyze(chain(...CNN), { batch: 8, optimizer: "sgd" }).totals;
    expect(adam.trainingBytes).toBe((sgd.trainingBytes as number) + 2 * 4 * 10410);
    expect(() => analyze(chain(...CNN), { optimizer: "magic" })).toThrow("optimizer `magic` is unknown");
  });

  it("blames the cause, and what follows for its sake", () => {
    const broken = CNN.map((drawn): Drawn => (drawn[0] === "c1" ? ["c1", "Conv2d", { kernel_size: 30 }] : drawn));
    expect(codes(chain(...broken))).toEqual([
      ["bad_config", "c1"],
      ["upstream", "relu"],
      ["upstream", "flat"],
      ["upstream", "fc"],
      ["upstream", "out"],
    ]);
  });

  it("finds circles, loose edges and ends that are missing", () => {
    const { nodes, edges } = chain(["a", "ReLU"], ["b", "ReLU"]);
    expect(codes(graph({ nodes, edges: [...edges, edge("b", "a"), edge("b", "c")] }))).toEqual([
      ["dangling_edge", "b"],
      ["cycle", "a"],
      ["no_input", null],
      ["no_output", null],
    ]);
  });

  it("takes the largest networks, however much is wrong in them", () => {
    const ids = Array.from({ length: 10_000 }, (_, n) => `n${n}`);
    const wrong = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1, k: 1, l: 1, m: 1 };
    const held = graph({ nodes: ids.map((id) => made([id, "ReLU", wrong])) });
    expect(analyze(graph({ nodes: [node("b", "Block", { graph: held })] })).issues.length).toBeGreaterThan(130_000);
    const many = ids.map((id) => edge("in", "sum", { targetHandle: `in.${id.slice(1)}` }));
    const nodes = [made(["in", "Input", { shape: ["B", 4] }]), made(["sum", "Add"]), made(["out", "Output"])];
    expect(analyze(graph({ nodes, edges: [...many, edge("sum", "out")] })).valid).toBe(true);
  });

  it("takes any text for an id or a type", () => {
    const odd = chain(["__proto__", "Input", { shape: [4] }], ["constructor", "toString"], ["x", "Output"]);
    expect(codes(odd)).toEqual([
      ["unknown_type", "constructor"],
      ["upstream", "x"],
    ]);
    expect(Object.keys((analysisToJson(analyze(odd)) as { nodes: object }).nodes)).toEqual(["__proto__"]);
  });
});

describe("a Block", () => {
  const inner = chain(["x", "Input"], ["fc", "Linear", { out_features: 4 }], ["y", "Output"]);
  const around = (config: object, held: Graph | null): Graph => {
    const outer = chain(["in", "Input", { shape: ["B", 4] }], ["b", "Block", config], ["out", "Output"]);
    return { ...outer, nodes: outer.nodes.map((each) => (each.id === "b" ? { ...each, graph: held } : each)) };
  };

  it("counts all its copies, and shows what is inside once", () => {
    const { nodes, totals } = analyze(around({ repeat: 3 }, inner));
    expect(nodes.get("b/fc")).toMatchObject({ params: 20, macs: 16 });
    expect(totals).toMatchObject({ params: 60, macs: 48 });
    expect(analyze(around({ repeat: 3, shared: true }, inner)).totals).toMatchObject({ params: 20, macs: 48 });
  });

  it("is repeated only where its output fits its input", () => {
    const wider = chain(["x", "Input"], ["fc", "Linear", { out_features: 5 }], ["y", "Output"]);
    const [issue] = analyze(around({ repeat: 2 }, wider)).issues;
    expect(issue?.message).toBe(
      "Block `b`: repeats 2 times but its output [B, 5] differs from its input [B, 4]; " +
        "give both the same shape and dtype, or set repeat to 1",
    );
    expect(codes(around({}, null))).toContainEqual(["bad_config", "b"]);
  });
});
