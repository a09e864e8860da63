import { describe, expect, it } from "vitest";
import { countsInWords, place, progressInWords, share } from "./words.js";

describe("an ingest in words", () => {
  it("says what it does and how far it is", () => {
    expect(progressInWords(null)).toBe("Waiting for its turn");
    expect(progressInWords({ stage: "decoding", done: "1200", total: "4000" })).toBe("Decoding images, 1,200 of 4,000");
    expect(progressInWords({ stage: "looking", done: "50000", total: "0" })).toBe("Looking through it, 50,000 so far");
    expect(share({ stage: "decoding", done: "1000", total: "4000" })).toBe(0.25);
    expect(share({ stage: "looking", done: "1", total: "0" })).toBeNull();
  });

  it("says where a fault is, and how many there are", () => {
    expect(place({ path: "cats/1.png", row: null, column: null })).toBe("cats/1.png");
    expect(place({ path: null, row: "12", column: "age" })).toBe("Row 12, column age");
    expect(place({ path: null, row: "12", column: null })).toBe("Row 12");
    expect(
      countsInWords([
        { code: "truncated", count: 1200 },
        { code: "no_class", count: 1 },
      ]),
    ).toBe("1,200 truncated, 1 in no class folder");
  });
});
