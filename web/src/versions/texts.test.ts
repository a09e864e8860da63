import { expect, test } from "vitest";
import { count } from "../format/figures.js";
import { nodeBlame } from "./blame.js";
import { pixels, sizeOf } from "./image.js";
import { lines } from "./python.js";
import { specOf, textOf, titleOf } from "./spec.js";
import { difference } from "./totals.js";

test.each([
  ["100", "100", "±0"],
  ["100", "150", "+50 (+50.0 %)"],
  ["2000", "500", "−1.5 K (−75.0 %)"],
  ["0", "12", "+12"],
  ["2560*T", "64*T", "differs"],
])("from %s to %s is %s", (before, after, told) => {
  expect(difference(before, after, count)).toBe(told);
});

test("source in pieces is the source again, whatever it holds", () => {
  const source =
    'import torch\n\n# a "comment"\nclass Net(nn.Module):\n    """Two\n    lines."""\n    x = f\'it\\\'s\' + "open\n    y = 1e-5 + 0x1f\n';
  const rows = lines(source);
  expect(rows.map((row) => row.map(({ text }) => text).join("")).join("\n")).toBe(source);
});

test("keywords, definitions, numbers, texts and comments are told apart", () => {
  const [row = []] = lines('def forward(self, x): return x + 12  # def "no"');
  const told = row.filter(({ kind }) => kind !== "plain").map(({ kind, text }) => `${kind} ${text}`);
  expect(told).toEqual([
    "keyword def",
    "definition forward",
    "keyword self",
    "keyword return",
    "number 12",
    'comment # def "no"',
  ]);
});

test("a text over several lines is a text on each", () => {
  const rows = lines('x = """one\ntwo"""');
  expect(rows[1]).toEqual([{ kind: "text", text: 'two"""' }]);
});

test("a picture is twice its size, and never larger than a browser draws", () => {
  expect(pixels({ width: 400, height: 900 })).toEqual({ width: 800, height: 1800 });
  for (const size of [
    { width: 300, height: 90_000 },
    { width: 9000, height: 9000 },
    { width: 1e6, height: 1 },
  ]) {
    const { width, height } = pixels(size);
    expect(Math.max(width, height)).toBeLessThanOrEqual(8192);
    expect(width * height).toBeLessThanOrEqual(4096 * 4096);
    expect(Math.min(width, height)).toBeGreaterThan(0);
  }
  expect(sizeOf('<svg xmlns="x" viewBox="0 0 1 2" width="12.5" height="40" font-family="x">')).toEqual({
    width: 12.5,
    height: 40,
  });
});

test.each([
  ["3", "Version 3"],
  ["r12", "Revision 12"],
  ["now", "As drawn now"],
])("%s names %s", (text, title) => {
  const spec = specOf(text);
  expect(spec && [titleOf(spec), textOf(spec)]).toEqual([title, text]);
});

test.each(["", "0", "-1", "r", "1.5", "<b>", "99999999999"])("%s names no state", (text) => {
  expect(specOf(text)).toBeNull();
});

test("blame is found by a node's path, and never in what objects inherit", () => {
  const told = { nodes: { "b/c1": { label: "2", settings: { padding: "1" } } }, edges: [] };
  expect(nodeBlame(told, "b/c1")).toEqual({ label: "2", settings: new Map([["padding", "1"]]) });
  expect(nodeBlame(told, "constructor")).toBeNull();
  expect(nodeBlame(null, "b/c1")).toBeNull();
});
