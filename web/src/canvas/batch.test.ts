import { expect, it } from "vitest";
import { type Json, node } from "../blueprint/index.js";
import { batchNote } from "./batch.js";

const noted = (type: string, shape: Json) => batchNote(node("n", type, { config: new Map([["shape", shape]]) }));

it("tells how to write a shape with the batch", () => {
  expect(noted("Input", [1, 8, 8])).toContain("write B, 1, 8, 8.");
});

it("is silent where there is a batch, or none is due", () => {
  expect(noted("Input", ["B", 1, 8, 8])).toBeNull();
  expect(noted("Parameter", [1, 8, 8])).toBeNull();
  expect(noted("Input", "B")).toBeNull();
});
