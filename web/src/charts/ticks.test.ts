import { expect, it } from "vitest";
import { labels } from "./ticks.js";

it("keeps the format where it tells ticks apart, and adds digits where it does not", () => {
  const coarse = (value: number) => value.toFixed(3);
  expect(labels([0.001, 0.002, null], coarse)).toEqual(["0.001", "0.002", ""]);
  expect(labels([0.0019985, 0.001999, 0.002], coarse)).toEqual(["0.0019985", "0.001999", "0.002"]);
});
