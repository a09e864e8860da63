import { expect, it } from "vitest";
import { inWords } from "./proof.js";

const found = { samples: 269, maxAbsDiff: 2.9e-6, tolerance: 1e-5, argmaxMismatches: 0, minCosine: 1 };

it("says equal only of what is within the tolerance and decides alike", () => {
  expect(inWords(found)).toContain("every sample gets the same class");
  expect(inWords({ ...found, maxAbsDiff: 2e-5 })).toContain("differ by more than the tolerance");
  expect(inWords({ ...found, argmaxMismatches: 1 })).toContain("1 sample gets another class");
});
