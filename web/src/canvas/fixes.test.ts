import { describe, expect, it } from "vitest";
import { analyze, apply } from "../blueprint/index.js";
import { chain, conv, drawn, image, out } from "./broken.testing.js";
import { SETTINGS } from "./brokenSettings.testing.js";
import { WIRING } from "./brokenWiring.testing.js";
import { fixesOf } from "./fixes.js";

describe("fixes", () => {
  it.each([...SETTINGS, ...WIRING])("mend %s", (_, graph, code, first) => {
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
