import { expect, it } from "vitest";
import { type Curve, thinned } from "./curve.js";
import { line, smoothed } from "./smooth.js";

function curve(values: readonly number[]): Curve {
  const low = Float32Array.from(values);
  return { steps: Float64Array.from(values, (_, at) => at + 1), low, high: low, total: low.length };
}

it("leaves a level curve level from its first point on", () => {
  expect([...smoothed(curve(Array(50).fill(3)), 20)].every((value) => Math.abs(value - 3) < 1e-6)).toBe(true);
});

it("calms noise and still follows the way", () => {
  const noisy = curve(Array.from({ length: 2000 }, (_, at) => at / 1000 + (at % 2 ? 1 : -1)));
  const calm = smoothed(noisy, 50);
  expect(Math.abs((calm[1999] as number) - 1.95)).toBeLessThan(0.05);
});

it("says the same of a thinned curve", () => {
  const whole = curve(Array.from({ length: 4096 }, (_, at) => Math.sin(at / 400)));
  const [exact, thin] = [smoothed(whole, 100), smoothed(thinned(whole, 512), 100)];
  for (const at of [100, 300, 511]) {
    expect(Math.abs((thin[at] as number) - (exact[at * 8 + 7] as number))).toBeLessThan(0.03);
  }
});

it("leaves out what is no number", () => {
  const calm = smoothed(curve([1, Number.NaN, 1, 1]), 5);
  expect([...calm]).toEqual([1, Number.NaN, 1, 1]);
});

it("draws the middle of buckets, or the very points, where nothing is smoothed", () => {
  const whole = curve([1, 3]);
  expect(line(whole, 1)).toBe(whole.low);
  expect([...line({ ...whole, high: Float32Array.from([2, 5]) }, 1)]).toEqual([1.5, 4]);
});
