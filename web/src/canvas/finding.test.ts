import { expect, it } from "vitest";
import { layersFor } from "./finding.js";

const first = (query: string) => layersFor(query, null)[0]?.type;

it.each([
  ["relu", "ReLU"],
  ["conv", "Conv2d"],
  ["conv1", "Conv1d"],
  ["maxpool", "MaxPool2d"],
  ["batch", "BatchNorm2d"],
  ["dropout", "Dropout"],
  ["Dense", "Linear"],
  ["fc", "Linear"],
  ["swish", "SiLU"],
  ["concatenate", "Concat"],
  ["maxpooling2d", "MaxPool2d"],
  ["tel", "TransformerEncoderLayer"],
])("%s finds %s first", (query, type) => {
  expect(first(query)).toBe(type);
});

it("finds every layer once", () => {
  const types = layersFor("d", null).map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  expect(types).toContain("LPPool2d");
});

it("finds nothing for what no layer is called", () => {
  expect(layersFor("no such layer", null)).toEqual([]);
});
