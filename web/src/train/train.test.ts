import { expect, it } from "vitest";
import { inWords, perMille, splitProblem } from "./data.js";
import { BLANK, limitProblem, wantedOf } from "./form.js";
import { FIELDS, INITIAL, optionsOf, problemOf, problemsOf } from "./options.js";

const field = (name: string) => FIELDS.find((each) => each.name === name) as (typeof FIELDS)[number];

it("begins with the trainer's defaults, none of them wrong", () => {
  expect(problemsOf(INITIAL)).toEqual({});
  expect(optionsOf(INITIAL)).toMatchObject({ epochs: 20, batchSize: 64, learningRate: 0.002, optimizer: "adamw" });
});

it.each([
  ["epochs", "0"],
  ["epochs", "1.5"],
  ["epochs", ""],
  ["learningRate", "0"],
  ["learningRate", "NaN"],
  ["learningRate", "1e9"],
  ["labelSmoothing", "1.01"],
  ["seed", "-1"],
  ["seed", "9223372036854775808"],
  ["optimizer", "magic"],
])("refuses %s %j", (name, text) => {
  expect(problemOf(field(name), text)).not.toBeNull();
});

it.each([
  ["learningRate", "1e-4"],
  ["warmupEpochs", "0.5"],
  ["seed", "9223372036854775807"],
])("takes %s %j", (name, text) => {
  expect(problemOf(field(name), text)).toBeNull();
});

it("sends a large seed as it was written", () => {
  expect(optionsOf({ ...INITIAL, seed: "9223372036854775807" }).seed).toBe("9223372036854775807");
});

it("splits in per mille that sum to a thousand", () => {
  expect(perMille({ train: "70.5", validation: "15", test: "14.5" })).toEqual({
    train: 705,
    validation: 150,
    test: 145,
  });
  expect(splitProblem({ train: "70.5", validation: "15", test: "14.5" })).toBeNull();
  expect(splitProblem({ train: "70", validation: "15", test: "10" })).toContain("add 5 %");
  expect(splitProblem({ train: "80", validation: "15", test: "10" })).toContain("take away 5 %");
  expect(splitProblem({ train: "0", validation: "50", test: "50" })).toContain("Training");
  expect(inWords({ train: 705, validation: 150, test: 145 })).toBe("70.5 / 15 / 14.5 %");
});

it("asks for nothing while something is missing or wrong", () => {
  const form = { ...BLANK, data: { dataset: "d", version: 2 }, device: "cpu" };
  expect(wantedOf(form, "a", 3, true)).toMatchObject({ architectureVersion: 3, limitMilliseconds: "3600000" });
  expect(wantedOf(form, "a", 3, false)).toBeNull();
  expect(wantedOf({ ...form, minutes: "x" }, "a", 3, true)).toBeNull();
  expect(wantedOf({ ...form, values: { ...INITIAL, epochs: "" } }, "a", 3, true)).toBeNull();
  expect(limitProblem("20000")).not.toBeNull();
});
