import { describe, expect, it } from "vitest";
import { analyze, edge, graph, node, text } from "../blueprint/index.js";
import { Budget, DEVICES, partsOf, RESERVE_BYTES, verdictOn } from "./fits.js";

const [T4] = DEVICES as [(typeof DEVICES)[number]];

function net(shape: (number | string)[]) {
  const conv = (out: number) => ({
    config: new Map<string, number>([
      ["out_channels", out],
      ["kernel_size", 3],
      ["padding", 1],
    ]),
  });
  return graph({
    nodes: [
      node("in", "Input", { config: new Map([["shape", shape]]) }),
      node("a", "Conv2d", conv(64)),
      node("r", "ReLU"),
      node("b", "Conv2d", conv(64)),
      node("frozen", "Conv2d", {
        config: new Map([...conv(8).config, ["trainable", false]] as [string, number | boolean][]),
      }),
      node("out", "Output"),
    ],
    edges: [edge("in", "a"), edge("a", "r"), edge("r", "b"), edge("b", "frozen"), edge("frozen", "out")],
  });
}

describe("what training takes", () => {
  it.each(["float32", "bfloat16"])("is for any batch what the analysis says, in %s", (precision) => {
    const training = { batch: 7, precision, optimizer: "adamw" };
    const drawn = net(["B", 3, 64, 64]);
    const { totals } = analyze(drawn, training);
    const budget = new Budget(drawn, totals, training);
    expect(budget.bytes(7)).toBe(totals.trainingBytes);
    expect(budget.bytes(100)).toBe(analyze(drawn, { ...training, batch: 100 }).totals.trainingBytes);
  });

  it("is taken apart into parts that add up, gradients only of what trains", () => {
    const training = { batch: 4, precision: "float32", optimizer: "adamw" };
    const { totals } = analyze(net(["B", 3, 64, 64]), training);
    const { weights, gradients, optimizer, activations } = partsOf(totals, training);
    expect(weights).toBe(4 * Number(totals.params));
    expect(gradients).toBe(4 * Number(totals.trainableParams));
    expect(optimizer).toBe(8 * Number(totals.trainableParams));
    expect(Number(weights) + Number(gradients) + Number(optimizer) + Number(activations)).toBe(
      Number(totals.trainingBytes),
    );
  });
});

describe("the largest batch", () => {
  const training = { batch: 1, precision: "float32", optimizer: "sgd" };

  it("fits, and one more does not", () => {
    const drawn = net(["B", 3, 224, 224]);
    const budget = new Budget(drawn, analyze(drawn, training).totals, training);
    const batch = budget.largestBatch(T4) as number;
    expect(batch).toBeGreaterThan(10);
    const needed = (size: number) => Number(analyze(drawn, { ...training, batch: size }).totals.trainingBytes);
    expect(needed(batch)).toBeLessThanOrEqual(T4.bytes - RESERVE_BYTES);
    expect(needed(batch + 1)).toBeGreaterThan(T4.bytes - RESERVE_BYTES);
  });

  it("is 0 where not even one sample fits", () => {
    const drawn = net(["B", 3, 9000, 9000]);
    expect(new Budget(drawn, analyze(drawn, training).totals, training).largestBatch(T4)).toBe(0);
  });

  it("is not told where the batch is drawn as a number, or other sizes are left open", () => {
    const fixed = net([8, 3, 32, 32]);
    expect(new Budget(fixed, analyze(fixed, training).totals, training).largestBatch(T4)).toBeNull();
    const open = net(["B", 3, "H", 32]);
    const budget = new Budget(open, analyze(open, training).totals, training);
    expect(budget.largestBatch(T4)).toBeNull();
    expect(budget.open).toEqual(["H"]);
    expect(text(budget.bytes(2))).toContain("H");
  });
});

describe("a verdict", () => {
  it("keeps room for what cannot be counted", () => {
    const room = T4.bytes - RESERVE_BYTES;
    expect(verdictOn(T4, 0.5 * room)).toBe("fits");
    expect(verdictOn(T4, 0.95 * room)).toBe("tight");
    expect(verdictOn(T4, room + 1)).toBe("does not fit");
  });
});
