import { expect, it } from "vitest";
import { DocumentError } from "../blueprint/index.js";
import { blueprintOf } from "./importing.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const DOCUMENT = {
  schema: "neuralforge.blueprint/1",
  name: "mine",
  nodes: [
    { id: "in", type: "Input", config: { shape: ["B", 4] } },
    { id: "odd", type: "Nothing", colour: "red" },
  ],
  edges: [{ source: "in", target: "odd" }],
};

it("keeps all that the file says, and tells what is wrong with it", () => {
  const { document, analysis, graph } = blueprintOf("mine.json", bytes(`\ufeff${JSON.stringify(DOCUMENT)}`));
  expect(document).toMatchObject(DOCUMENT);
  expect(graph.name).toBe("mine");
  expect(analysis.issues.map(({ code }) => code)).toContain("unknown_type");
});

it.each(["{", "[]", '{"schema": "another"}', "\u0000"])("refuses what is no blueprint: %j", (text) => {
  expect(() => blueprintOf("mine.json", bytes(text))).toThrow(DocumentError);
});
