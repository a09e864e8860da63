import { expect, it } from "vitest";
import { layersFor } from "./finding.js";

const first = (query: string) => layersFor(query, null)[0]?.type;

it.each([
  ["relu", "ReLU"],
  ["conv2", "Conv2d"],
  ["Dense", "Linear"],
  ["fc", "Linear"],
  ["swish", "SiLU"],
  ["concatenate", "Concat"],
  ["maxpooling2d", "MaxPool2d"],
  ["tel", "TransformerEncoderLayer"],
])("%s finds %s first", (query, type) => {
  expect(first(query)).toBe(type);
});

it("finds nothing for what no layer is called", () => {
  expect(layersFor("no such layer", null)).toEqual([]);
});
