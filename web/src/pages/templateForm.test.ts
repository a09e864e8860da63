import { describe, expect, it } from "vitest";
import { defaultsOf, labelOf, type Parameter, problemOf, valuesOf } from "./templateForm.js";

const SIZE: Parameter = {
  name: "size",
  type: "integer",
  default: 224,
  minimum: 16,
  maximum: 2048,
  help: "Height and width.",
  multiple: 16,
};
const CHANCE: Parameter = {
  ...SIZE,
  name: "drop_path",
  type: "number",
  default: 0.1,
  minimum: 0,
  maximum: 0.9,
  multiple: 1,
};

describe("what is written for a parameter", () => {
  it.each(["16", " 224 ", "2048", "+32", "1.6e2"])("is taken: %s", (text) => {
    expect(problemOf(SIZE, text)).toBeNull();
  });

  it.each(["", "0", "15", "17", "2064", "32.5", "many", "0x20", "1e400", "-16", "32 48", "NaN", "Infinity"])(
    "is refused: %s",
    (text) => {
      expect(problemOf(SIZE, text)).toBe("must be a whole number from 16 to 2,048, a multiple of 16");
    },
  );

  it("may have a fraction where it is a number", () => {
    expect(problemOf(CHANCE, ".25")).toBeNull();
    expect(problemOf(CHANCE, "0.91")).toBe("must be a number from 0 to 0.9");
    expect(problemOf(CHANCE, "0,25")).toBe("must be a number from 0 to 0.9");
  });
});

describe("the values of a template", () => {
  it("are its defaults at first", () => {
    expect(valuesOf([SIZE, CHANCE], defaultsOf([SIZE, CHANCE]))).toEqual({ size: 224, drop_path: 0.1 });
  });

  it("are nothing while one is wrong or missing", () => {
    expect(valuesOf([SIZE, CHANCE], { size: "224", drop_path: "1" })).toBeNull();
    expect(valuesOf([SIZE, CHANCE], { size: "224" })).toBeNull();
  });

  it("have names that people read", () => {
    expect([labelOf(SIZE), labelOf(CHANCE)]).toEqual(["Size", "Drop path"]);
  });
});
