import { describe, expect, it } from "vitest";
import { ago, bytes, count, duration, exact, money, percent } from "./figures.js";

describe("figures for people", () => {
  it.each([
    [0, "0"],
    ["999", "999"],
    [1000, "1 K"],
    [999_999, "1 M"],
    ["11689512", "11.7 M"],
    [10n ** 18n, "1 E"],
    [10n ** 22n, "10000 E"],
    [-1500, "-1.5 K"],
    ["2560*T", "2560*T"],
  ])("counts %s as %s", (value, text) => expect(count(value)).toBe(text));

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [46_758_048, "44.6 MiB"],
    [1048575, "1 MiB"],
    [1000 * 1024, "1000 KiB"],
    ["4*T + 8", "4*T + 8"],
  ])("tells %s bytes as %s", (value, text) => expect(bytes(value)).toBe(text));

  it("separates the digits of exact counts, however long", () => {
    expect(exact("11689512")).toBe("11,689,512");
    expect(exact("123456789012345678901234567890")).toBe("123,456,789,012,345,678,901,234,567,890");
    expect(exact("H*W")).toBe("H*W");
  });

  it.each([
    [0.9722, "97.2 %"],
    [1, "100.0 %"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("tells the share %s as %s", (share, text) => expect(percent(share)).toBe(text));

  it.each([
    [0, "0 s"],
    [400, "0.4 s"],
    [9_960, "10 s"],
    [48_000, "48 s"],
    [40_400, "40 s"],
    ["2400000", "40 min"],
    [59_700, "1 min"],
    [60_000, "1 min"],
    [90_000, "1 min 30 s"],
    [119_700, "2 min"],
    [3_599_700, "1 h"],
    [3_600_000, "1 h"],
    ["4320000", "1 h 12 min"],
    [49 * 3_600_000, "2 d 1 h"],
    [48 * 3_600_000, "2 d"],
    [240 * 3_600_000, "10 d"],
  ])("tells %s milliseconds as %s", (time, text) => expect(duration(time)).toBe(text));

  it.each([
    [0, "free"],
    [350_000, "$0.35"],
    [9_999, "< $0.01"],
    ["1234567890", "$1234.57"],
  ])("tells %s micro-dollars as %s", (amount, text) => expect(money(amount)).toBe(text));

  it("tells moments as people do", () => {
    const now = Date.parse("2026-01-20T12:00:00Z");
    const at = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now);
    expect([2, 30, 59.8, 180, 3599, 7200, 86_400, 86_400 * 3].map(at)).toEqual([
      "just now",
      "30 seconds ago",
      "1 minute ago",
      "3 minutes ago",
      "1 hour ago",
      "2 hours ago",
      "yesterday",
      "3 days ago",
    ]);
    expect(at(86_400 * 20)).toBe("Dec 31, 2025");
  });
});
