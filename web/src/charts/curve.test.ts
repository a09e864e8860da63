import { describe, expect, it } from "vitest";
import { appended, type Curve, caughtUp, decoded, EMPTY, isExact, nearest, thinned } from "./curve.js";

const base64 = (array: ArrayBufferView) =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
const int64 = (steps: readonly number[]) => base64(BigInt64Array.from(steps.map(BigInt)));
const float32 = (values: readonly number[]) => base64(Float32Array.from(values));

function curve(steps: readonly number[], values: readonly number[]): Curve {
  return decoded({ steps: int64(steps), values: float32(values) });
}

const plain = ({ steps, low, high, total }: Curve) => ({ steps: [...steps], low: [...low], high: [...high], total });

describe("decoding", () => {
  it("reads steps beyond 32 bits and values as they were written", () => {
    const found = curve([1, 2 ** 32 + 5, 2 ** 52], [0.5, -1.25, Number.NaN]);
    expect([...found.steps]).toEqual([1, 2 ** 32 + 5, 2 ** 52]);
    expect([...found.low]).toEqual([0.5, -1.25, Number.NaN]);
    expect(isExact(found)).toBe(true);
  });

  it("keeps both extremes of buckets and the number of points behind them", () => {
    const found = decoded({ steps: int64([1, 5]), values: float32([1, 2]), maxima: float32([3, 4]), totalPoints: "8" });
    expect(plain(found)).toEqual({ steps: [1, 5], low: [1, 2], high: [3, 4], total: 8 });
  });

  it("refuses arrays that do not belong together", () => {
    expect(() => decoded({ steps: int64([1, 2]), values: float32([1]) })).toThrow(RangeError);
  });

  it("takes an empty curve", () => {
    expect(plain(decoded({ steps: "", values: "" }))).toEqual(plain(EMPTY));
  });
});

describe("growing", () => {
  it("adds what comes after", () => {
    expect(plain(appended(curve([1, 2], [1, 2]), curve([3], [3])))).toEqual({
      steps: [1, 2, 3],
      low: [1, 2, 3],
      high: [1, 2, 3],
      total: 3,
    });
  });

  it("lets the newer value stand where steps come again, and keeps what lies behind", () => {
    const resumed = appended(curve([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), curve([2, 3], [20, 30]));
    expect(plain(resumed)).toMatchObject({ steps: [1, 2, 3, 4, 5], low: [1, 20, 30, 4, 5], total: 5 });
  });

  it("adds exact points behind buckets", () => {
    const buckets = decoded({
      steps: int64([1, 5]),
      values: float32([1, 2]),
      maxima: float32([3, 4]),
      totalPoints: "8",
    });
    expect(plain(appended(buckets, curve([9], [7])))).toEqual({
      steps: [1, 5, 9],
      low: [1, 2, 7],
      high: [3, 4, 7],
      total: 9,
    });
  });

  it("joins what was read with what was reported meanwhile", () => {
    const found = caughtUp(curve([1, 2, 3], [1, 2, 3]), curve([2, 3, 4], [2, 3, 4]));
    expect(plain(found)).toMatchObject({ steps: [1, 2, 3, 4], low: [1, 2, 3, 4], total: 4 });
  });
});

describe("thinning", () => {
  it("hides no extreme", () => {
    const values = Array.from({ length: 1001 }, (_, at) => (at === 500 ? 99 : at === 777 ? -99 : Math.sin(at)));
    const thin = thinned(
      curve(
        values.map((_, at) => at),
        values,
      ),
      100,
    );
    expect(thin.steps.length).toBeLessThanOrEqual(100);
    expect([Math.min(...thin.low), Math.max(...thin.high), thin.total]).toEqual([-99, 99, 1001]);
  });

  it("passes over what is no number where there is another", () => {
    const thin = thinned(curve([1, 2, 3, 4], [Number.NaN, 2, Number.NaN, Number.NaN]), 2);
    expect([...thin.low]).toEqual([2, Number.NaN]);
  });
});

describe("finding", () => {
  it("gives the nearest point, and none on an empty curve", () => {
    const found = curve([10, 20, 40], [1, 2, 3]);
    expect([0, 14, 16, 31, 99].map((step) => nearest(found, step))).toEqual([0, 0, 1, 2, 2]);
    expect(nearest(EMPTY, 5)).toBe(-1);
  });
});
