import { expect, it } from "vitest";
import { kept, stepsOf, valuesOf } from "./extent.js";
import { band, type Projection, trace } from "./paint.js";

function recorder() {
  const points: [kind: "move" | "line", x: number, y: number][] = [];
  return {
    points,
    moveTo: (x: number, y: number) => void points.push(["move", x, y]),
    lineTo: (x: number, y: number) => void points.push(["line", x, y]),
  };
}

const STEPS = 100_000;
const across: Projection = { from: 0, to: STEPS, x: (step) => step / 100, y: (value) => value };
const one: Projection = { from: 0, to: 10, x: (step) => step, y: (value) => value };

it("draws a long curve with at most four points per column and loses no spike", () => {
  const steps = Float64Array.from({ length: STEPS }, (_, at) => at);
  const values = Float32Array.from(steps, (step) => (step === 54_321 ? 1000 : step % 7));
  const pen = recorder();
  trace(pen, steps, values, 0, STEPS - 1, across);
  expect(pen.points.length).toBeLessThanOrEqual(4 * 1002);
  expect(pen.points.some(([, , y]) => y === 1000)).toBe(true);
});

it("leaves a gap where a value is no number", () => {
  const pen = recorder();
  trace(pen, Float64Array.from([1, 2, 3, 4]), Float32Array.from([1, Number.NaN, 3, 4]), 0, 3, one);
  expect(pen.points).toEqual([
    ["move", 1, 1],
    ["move", 3, 3],
    ["line", 4, 4],
  ]);
});

it("bands go along the least and back along the greatest", () => {
  const pen = recorder();
  const [low, high] = [Float32Array.from([1, 2]), Float32Array.from([5, 6])];
  band(pen, { steps: Float64Array.from([1, 2]), low, high, total: 9 }, 0, 1, one);
  expect(pen.points.map(([, x, y]) => [x, y])).toEqual([
    [1, 1],
    [2, 2],
    [2, 6],
    [1, 5],
  ]);
});

it("shows all that is in view, and on a log scale what it can", () => {
  const low = Float32Array.from([0, 1, 10, Number.POSITIVE_INFINITY]);
  const curve = { steps: Float64Array.from([1, 2, 3, 4]), low, high: low, total: 4 };
  expect(stepsOf([curve])).toEqual([1, 4]);
  expect(valuesOf([curve], [1, 4], false)[0]).toBeLessThan(0);
  expect(valuesOf([curve], [1, 4], false, [0, 10])).toEqual([0, 10]);
  const [from, to] = valuesOf([curve], [1, 4], true);
  expect(from).toBeGreaterThan(0.5);
  expect(to).toBeGreaterThan(10);
});

it("zooms within what there is, and not endlessly close", () => {
  expect(kept([-5, 3], [0, 10], 1)).toEqual([0, 8]);
  expect(kept([4.9, 5.1], [0, 10], 1)).toEqual([4.5, 5.5]);
  expect(kept([-5, 30], [0, 10], 1)).toBeNull();
});
