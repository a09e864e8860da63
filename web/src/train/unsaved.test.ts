import { expect, it } from "vitest";
import { contentHash } from "../blueprint/index.js";
import { graphOf } from "../canvas/wire.js";
import { isUnsaved } from "./unsaved.js";

const document = (out: number, x = 0) => ({
  schema: "neuralforge.blueprint/1",
  name: "tiny",
  nodes: [
    { id: "in", type: "Input", config: { shape: ["B", 64] } },
    { id: "fc", type: "Linear", config: { out_features: out }, position: { x, y: 0 } },
  ],
  edges: [{ source: "in", target: "fc" }],
});
const saved = { revision: "3", contentHash: contentHash(graphOf(document(64))) };

it("is saved at the revision of the newest version", () => {
  expect(isUnsaved({ revision: "3", document: document(64) }, saved)).toBe(false);
});

it("is unsaved once a layer is another", () => {
  expect(isUnsaved({ revision: "4", document: document(10) }, saved)).toBe(true);
});

it("is saved where nodes were moved only", () => {
  expect(isUnsaved({ revision: "4", document: document(64, 200) }, saved)).toBe(false);
});

it("is unsaved without any version, unless there is nothing to save", () => {
  expect(isUnsaved({ revision: "2", document: document(10) }, undefined)).toBe(true);
  expect(isUnsaved({ revision: "1", document: { ...document(10), nodes: [], edges: [] } }, undefined)).toBe(false);
});
