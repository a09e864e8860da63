import { expect, it } from "vitest";
import { quoted, shown } from "./quoting.js";
import { similar } from "./similar.js";
import { compareText, head, length } from "./text.js";

it("shows names without what hides or misleads", () => {
  expect(quoted("a`b\nc\u202e\ud800")).toBe("`a?b?c??`");
  expect(quoted("é😀 ‑")).toBe("`é😀 ‑`");
});

it("cuts by characters, not by halves", () => {
  expect(quoted("😀".repeat(40))).toBe(`\`${"😀".repeat(40)}\``);
  expect(quoted("😀".repeat(41))).toBe(`\`${"😀".repeat(37)}...\``);
  expect(head("a😀b", 2)).toBe("a😀");
  expect(length("a😀\ud83d")).toBe(3);
});

it("shows values in their canonical spelling", () => {
  expect(shown([3, 1e-7, "x\ny`", null])).toBe(String.raw`[3,1e-7,"x\ny?",null]`);
});

it("compares by characters", () => {
  expect(["😀", "\uffff", "z", "é", ""].sort(compareText)).toEqual(["", "z", "é", "\uffff", "😀"]);
});

it("finds the nearest word, the first of equally near ones", () => {
  const known = ["Conv1d", "Conv2d", "ReLU", "Linear"];
  expect(["Cnov2d", "conv", "relu", "Liner", "x", ""].map((word) => similar(word, known))).toEqual([
    "Conv2d",
    null,
    "ReLU",
    "Linear",
    null,
    null,
  ]);
});
