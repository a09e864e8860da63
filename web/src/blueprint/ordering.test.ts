import { describe, expect, it } from "vitest";
import { Heap, order } from "./ordering.js";
import { Ranks } from "./ranks.js";

describe("an order", () => {
  it("runs what is ready by id, by code points", () => {
    const sources = { "\u{1f600}": [], "\uff5e": [], b: ["a"], a: [] };
    expect(order(new Map(Object.entries(sources)))).toEqual([["a", "b", "\uff5e", "\u{1f600}"], []]);
  });

  it("cuts circles open, each told from its smallest id", () => {
    const sources = { a: ["c"], b: ["a"], c: ["b"], d: ["d", "c"], e: ["d"] };
    const [sorted, cycles] = order(new Map(Object.entries(sources)));
    expect(cycles).toEqual([["a", "b", "c"], ["d"]]);
    expect(sorted).toEqual(["a", "b", "c", "d", "e"]);
  });
});

describe("a heap", () => {
  it("gives the smallest first", () => {
    const heap = new Heap<number>((a, b) => a - b);
    const items = [5, 3, 8, 1, 9, 2, 7, 3, 0];
    for (const item of items) heap.push(item);
    expect(items.map(() => heap.pop())).toEqual([...items].sort((a, b) => a - b));
    expect(heap.pop()).toBeUndefined();
  });
});

describe("ranks", () => {
  it("make room for an edge, and refuse a circle", () => {
    const edges = new Map([
      ["a", ["b"]],
      ["b", []],
      ["c", ["d"]],
      ["d", []],
    ] as [string, string[]][]);
    const sources = (id: string) => [...edges.keys()].filter((from) => edges.get(from)?.includes(id));
    const ranks = new Ranks("abcd", sources, (id) => edges.get(id) ?? []);
    edges.get("d")?.push("a");
    expect(ranks.connect("d", "a")).toBe(true);
    for (const [from, targets] of edges) for (const to of targets) expect(ranks.of(from)).toBeLessThan(ranks.of(to));
    edges.get("b")?.push("c");
    expect(ranks.connect("b", "c")).toBe(false);
  });
});
