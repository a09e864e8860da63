import { describe, expect, it } from "vitest";
import { analyze, apply, parse } from "../blueprint/index.js";
import { fixesOf } from "./fixes.js";

type Row = [id: string, type: string, config?: object, rest?: object];

/** A document of nodes and of edges written "a > b", "a:out.1 > b:in.0". */
function drawn(nodes: readonly Row[], edges: string, rest: object = {}) {
  return parse({ schema: "neuralforge.blueprint/1", name: "broken", ...inner(nodes, edges), ...rest });
}

function inner(nodes: readonly Row[], edges: string): { nodes: object[]; edges: object[] } {
  const ends = edges.split(/\s*,\s*/).filter(Boolean);
  return {
    nodes: nodes.map(([id, type, config = {}, more = {}]) => ({ id, type, config, ...more })),
    edges: ends.map((written) => {
      const [from = "", to = ""] = written.split(/\s*>\s*/);
      const [source, out] = from.split(":");
      const [target, into] = to.split(":");
      return { source, target, ...(out && { source_handle: out }), ...(into && { target_handle: into }) };
    }),
  };
}

const image: Row = ["in", "Input", { shape: ["B", 3, 8, 8] }];
const vector: Row = ["in", "Input", { shape: ["B", 30] }];
const tokens: Row = ["in", "Input", { shape: ["B", 16, 30] }];
const out: Row = ["out", "Output"];
const chain = (...nodes: Row[]) =>
  drawn(
    nodes,
    nodes
      .slice(1)
      .map(([id], at) => `${nodes[at]?.[0]} > ${id}`)
      .join(","),
  );
const conv = (more: object): Row => ["c", "Conv2d", { out_channels: 8, kernel_size: 3, ...more }];

const CASES: readonly [name: string, graph: ReturnType<typeof parse>, code: string, first: string][] = [
  [
    "a kernel that does not fit",
    chain(["in", "Input", { shape: ["B", 3, 2, 2] }], conv({}), out),
    "shape_mismatch",
    "Set padding to 1",
  ],
  [
    "a window that does not fit",
    chain(["in", "Input", { shape: ["B", 3, 2, 2] }], ["p", "MaxPool2d", { kernel_size: 3 }], out),
    "shape_mismatch",
    "Set kernel_size to 2",
  ],
  [
    "channels given otherwise",
    chain(image, conv({ in_channels: 4 }), out),
    "bad_config",
    "Leave in_channels out, the input gives it",
  ],
  ["same with a stride", chain(image, conv({ padding: "same", stride: 2 }), out), "bad_config", "Set stride back to 1"],
  [
    "groups that do not divide",
    chain(["in", "Input", { shape: ["B", 6, 8, 8] }], conv({ groups: 4 }), out),
    "bad_config",
    "Set groups back to 1",
  ],
  [
    "heads that do not divide",
    chain(tokens, ["a", "MultiheadAttention", { num_heads: 8 }], out),
    "bad_config",
    "Set num_heads to 10",
  ],
  [
    "heads of keys that do not divide",
    chain(["in", "Input", { shape: ["B", 16, 32] }], ["a", "SelfAttention", { num_heads: 8, num_kv_heads: 3 }], out),
    "bad_config",
    "Leave num_kv_heads out",
  ],
  [
    "groups of a norm",
    chain(["in", "Input", { shape: ["B", 6, 8, 8] }], ["n", "GroupNorm", { num_groups: 4 }], out),
    "bad_config",
    "Set num_groups to 3",
  ],
  [
    "a misspelt type",
    chain(image, ["c", "Conv2dd", { out_channels: 8, kernel_size: 3 }], out),
    "unknown_type",
    "Make it Conv2d",
  ],
  [
    "a misspelt type with nothing given",
    drawn([image, out, ["c", "Conv2dd"]], "in > out"),
    "unknown_type",
    "Make it Conv2d",
  ],
  ["a misspelt setting", chain(image, conv({ pading: 1 }), out), "unknown_field", "Call it padding"],
  ["a setting of nothing", chain(image, conv({ colour: 1 }), out), "unknown_field", "Remove colour"],
  ["an unknown key of a node", chain(image, ["r", "ReLU", {}, { colour: 1 }], out), "unknown_field", "Remove colour"],
  [
    "a value that cannot be read",
    chain(image, conv({ padding: [1, 2, 3] }), out),
    "bad_config",
    "Set padding back to 0",
  ],
  ["a number written as text", chain(image, conv({ out_channels: "16" }), out), "bad_config", "Set out_channels to 16"],
  [
    "a setting that is missing",
    chain(image, ["c", "Conv2d", { kernel_size: 3 }], out),
    "bad_config",
    "Set out_channels to 32",
  ],
  ["a chance above 1", chain(image, ["d", "Dropout", { p: 2 }], out), "bad_config", "Set p back to 0.5"],
  [
    "a dimension that is not there",
    chain(vector, ["s", "Softmax", { dim: 5 }], out),
    "bad_config",
    "Leave dim out, the input gives it",
  ],
  [
    "bounds the wrong way round",
    chain(vector, ["t", "Hardtanh", { min_val: 2, max_val: 1 }], out),
    "bad_config",
    "Set min_val back to -1",
  ],
  [
    "a classifier over an image",
    chain(image, ["fc", "Linear", { in_features: 192, out_features: 10 }], out),
    "bad_config",
    "Leave in_features out, the input gives it",
  ],
  [
    "a norm of images over vectors",
    chain(["in", "Input", { shape: ["B", 8, 20] }], ["n", "BatchNorm2d"], out),
    "shape_mismatch",
    "Make it BatchNorm1d",
  ],
  ["a convolution after Flatten", chain(image, ["f", "Flatten"], conv({}), out), "shape_mismatch", "Take f out"],
  [
    "tokens of the wrong dtype",
    chain(["in", "Input", { shape: ["B", 16] }], ["e", "Embedding", { num_embeddings: 9, embedding_dim: 4 }], out),
    "dtype_mismatch",
    "Give in dtype int64",
  ],
  [
    "integers into weights",
    chain(["in", "Input", { shape: ["B", 16], dtype: "int32" }], ["fc", "Linear", { out_features: 4 }], out),
    "dtype_mismatch",
    "Give in dtype float32",
  ],
  [
    "too long a sequence",
    chain(["in", "Input", { shape: ["B", 32, 8] }], ["p", "LearnedPositionalEmbedding", { max_length: 16 }], out),
    "shape_mismatch",
    "Set max_length to 32",
  ],
  [
    "a product of unlike sizes",
    drawn(
      [["a", "Input", { shape: ["B", 4, 8] }], ["b", "Input", { shape: ["B", 4, 8] }], ["m", "MatMul"], out],
      "a > m, b > m, m > out",
    ),
    "shape_mismatch",
    "Put a Transpose after b",
  ],
  [
    "a shortcut of other channels",
    drawn([image, conv({ padding: 1 }), ["s", "Add"], out], "in > c, c > s, in > s, s > out"),
    "shape_mismatch",
    "Put a Conv2d after in",
  ],
  [
    "a shortcut over a stride",
    drawn([image, conv({ padding: 1, stride: 2 }), ["s", "Add"], out], "in > c, c > s, in > s, s > out"),
    "shape_mismatch",
    "Put a Conv2d after in",
  ],
  ["no input", drawn([conv({ in_channels: 5 }), out], "c > out"), "no_input", "Add an Input [B, 5, 32, 32]"],
  ["no output", drawn([image, conv({})], "in > c"), "no_output", "Add an Output after c"],
  ["an output that nothing feeds", drawn([image, conv({}), out], "in > c"), "missing_input", "Connect c to it"],
  [
    "a layer that leads nowhere",
    drawn([image, conv({}), ["r", "ReLU"], out], "in > c, c > out, c > r"),
    "unreachable",
    "Remove r",
  ],
  [
    "layers that lead nowhere",
    drawn([image, conv({}), ["r", "ReLU"], ["t", "Tanh"], out], "in > c, c > out, c > r, r > t"),
    "unreachable",
    "Remove it and what follows",
  ],
  [
    "a sum of one",
    drawn([image, ["s", "Add"], out], "in > s, s > out"),
    "missing_input",
    "Take s out, and let in lead on",
  ],
  [
    "a gap among inputs",
    drawn([image, ["s", "Concat"], ["r", "ReLU"], out], "in > r, in > s:in.0, r > s:in.2, s > out"),
    "missing_input",
    "Move r to in.1",
  ],
  [
    "an edge to nowhere",
    drawn([image, conv({}), out], "in > c, c > out, c > gone"),
    "dangling_edge",
    "Remove the edge from c to gone",
  ],
  [
    "an edge from nowhere inside a Block",
    drawn(
      [
        image,
        [
          "b",
          "Block",
          {},
          {
            graph: inner(
              [
                ["i", "Input"],
                ["o", "Output"],
              ],
              "i > o, x > o",
            ),
          },
        ],
        out,
      ],
      "in > b, b > out",
    ),
    "dangling_edge",
    "Remove the edge from x to o",
  ],
  [
    "a circle",
    drawn([image, ["s", "Add"], ["r", "ReLU"], out], "in > s:in.0, s > r, r > s:in.2, in > s:in.1, r > out"),
    "cycle",
    "Remove the edge from r to s",
  ],
  [
    "two edges into one port",
    drawn([image, ["r", "ReLU"], ["t", "Tanh"], ["o", "ReLU"], out], "in > r, in > t, r > o:in, t > o:in, o > out"),
    "too_many_inputs",
    "Join them by Add",
  ],
  [
    "an input port that is not there",
    drawn([image, ["r", "ReLU"], out], "in > r:side, r > out"),
    "unknown_port",
    "Connect in to in",
  ],
  [
    "an output port that is not there",
    drawn([image, ["r", "ReLU"], out], "in > r, r:side > out"),
    "unknown_port",
    "Connect from out",
  ],
  [
    "ids that are shared inside a Block",
    drawn(
      [
        image,
        [
          "b",
          "Block",
          {},
          {
            graph: inner(
              [
                ["i", "Input"],
                ["r", "ReLU"],
                ["r", "ReLU"],
                ["o", "Output"],
              ],
              "i > r, r > o",
            ),
          },
        ],
        out,
      ],
      "in > b, b > out",
    ),
    "duplicate_id",
    "Remove the copies",
  ],
  ["a Block that holds nothing", chain(image, ["b", "Block"], out), "bad_config", "Put an Input and an Output inside"],
  [
    "a repeated Block that changes its input",
    chain(
      image,
      ["b", "Block", { repeat: 2 }, { graph: inner([["i", "Input"], conv({}), ["o", "Output"]], "i > c, c > o") }],
      out,
    ),
    "shape_mismatch",
    "Set repeat back to 1",
  ],
  [
    "a fault inside a Block",
    chain(
      image,
      ["b", "Block", {}, { graph: inner([["i", "Input"], conv({ in_channels: 7 }), ["o", "Output"]], "i > c, c > o") }],
      out,
    ),
    "bad_config",
    "Leave in_channels out, the input gives it",
  ],
  [
    "no output inside a Block",
    drawn(
      [
        image,
        [
          "b",
          "Block",
          {},
          {
            graph: inner(
              [
                ["i", "Input"],
                ["r", "ReLU"],
              ],
              "i > r",
            ),
          },
        ],
        out,
      ],
      "in > b",
    ),
    "no_output",
    "Add an Output after r",
  ],
];

describe("fixes", () => {
  it.each(CASES)("mend %s", (_, graph, code, first) => {
    const analysis = analyze(graph);
    const issue = analysis.issues.find((each) => each.code === code);
    expect(issue, JSON.stringify(analysis.issues)).toBeDefined();
    if (!issue) return;
    const fixes = fixesOf(issue, graph, analysis);
    expect(fixes.map(({ label }) => label)[0]).toBe(first);
    expect(new Set(fixes.map(({ label }) => label)).size).toBe(fixes.length);
    for (const { edits } of fixes) {
      const after = analyze(apply(graph, edits)).issues;
      expect(after.filter(({ message }) => message === issue.message)).toEqual([]);
    }
  });

  it("do not mend what hangs on something else", () => {
    const graph = chain(image, conv({ in_channels: 4 }), ["r", "ReLU"], out);
    const analysis = analyze(graph);
    const upstream = analysis.issues.filter(({ code }) => code === "upstream");
    expect(upstream.length).toBeGreaterThan(0);
    for (const issue of upstream) expect(fixesOf(issue, graph, analysis)).toEqual([]);
  });

  it("never break what was whole", () => {
    const graph = drawn(
      [
        ["in", "Input", { shape: ["B", 16], dtype: "int64" }],
        ["e", "Embedding", { num_embeddings: 9, embedding_dim: 4 }],
        ["fc", "Linear", { out_features: 2 }],
        out,
        ["o2", "Output"],
      ],
      "in > e, e > out, in > fc, fc > o2",
    );
    const analysis = analyze(graph);
    const issue = analysis.issues.find(({ code }) => code === "dtype_mismatch");
    const fixes = issue ? fixesOf(issue, graph, analysis) : [];
    for (const { edits } of fixes)
      expect(
        analyze(apply(graph, edits)).issues.filter(({ severity }) => severity === "error").length,
      ).toBeLessThanOrEqual(analysis.issues.length);
  });
});
