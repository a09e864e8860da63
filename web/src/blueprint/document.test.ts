import { describe, expect, it } from "vitest";
import { canonical, contentHash, withHandles } from "./canonical.js";
import { decode, encode } from "./codec.js";
import { edge, graph, node, parse, SCHEMA, toDocument } from "./document.js";
import { inputsOf, outputsOf } from "./ports.js";

const inner = {
  nodes: [
    { id: "left", type: "Input", config: {} },
    { id: "right", type: "Input", config: {} },
    { id: "sum", type: "Add", config: {} },
    { id: "y", type: "Output", config: {} },
  ],
  edges: [
    { source: "left", target: "sum" },
    { source: "right", target: "sum" },
    { source: "sum", target: "y" },
  ],
};
const block = { id: "b", type: "Block", config: {}, graph: inner };
const outer = {
  schema: SCHEMA,
  name: "pair",
  nodes: [{ id: "in", type: "Input", config: { shape: ["B", 4] } }, block, { id: "out", type: "Output", config: {} }],
  edges: [
    { source: "in", target: "b" },
    { source: "b", target: "out" },
  ],
};

describe("a document", () => {
  it("is written back as it was read", () => {
    expect(encode(toDocument(parse(outer)))).toEqual(encode(decode(JSON.stringify(outer))));
  });

  it("is refused by the place of what is wrong", () => {
    const broken = { ...outer, nodes: [{ ...block, graph: { nodes: [{ id: "a" }] } }] };
    expect(() => parse(broken)).toThrow('nodes[0].graph.nodes[0] has no "type"');
    expect(() => parse({})).toThrow('the document\'s "schema" is missing');
  });
});

describe("a Block", () => {
  it("has the ports that are drawn inside it", () => {
    const read = parse(outer).nodes[1];
    if (!read) throw new Error("the Block is gone");
    expect(inputsOf(read).map((port) => port.name)).toEqual(["left", "right"]);
    expect(outputsOf(read)).toEqual(["y"]);
  });

  it("gets its omitted handles written, outside and inside", () => {
    const written = withHandles(parse(outer));
    expect(written.edges.map((each) => [each.sourceHandle, each.targetHandle])).toEqual([
      ["out", "left"],
      ["y", "in"],
    ]);
    expect(written.nodes[1]?.graph?.edges.map((each) => each.targetHandle)).toEqual(["in.0", "in.1", "in"]);
    expect(withHandles(written)).toBe(written);
  });
});

describe("the canonical form", () => {
  it("knows content alone", () => {
    const drawn = { ...outer, name: "other", meta: { a: 1 }, nodes: [...outer.nodes].reverse() };
    expect(contentHash(parse(drawn))).toBe(contentHash(parse(outer)));
    const smaller = { ...outer, edges: outer.edges.slice(1) };
    expect(contentHash(parse(smaller))).not.toBe(contentHash(parse(outer)));
  });

  it("names types by the catalogue, with what other names imply", () => {
    const drawn = graph({ nodes: [node("a", "BiLSTM"), node("b", "constructor")], edges: [edge("a", "b")] });
    const written = new TextDecoder().decode(canonical(drawn));
    expect(written).toContain('{"config":{"bidirectional":true},"id":"a","type":"LSTM"}');
    expect(written).toContain('{"source":"a","source_handle":"output","target":"b","target_handle":null}');
  });
});
