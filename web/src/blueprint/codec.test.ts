import { describe, expect, it } from "vitest";
import { decode, encode, objectOf, plain } from "./codec.js";
import { DocumentError } from "./errors.js";

const spelt = (value: Parameters<typeof encode>[0]): string => new TextDecoder().decode(encode(value));
const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof DocumentError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("decode", () => {
  it("keeps integers exact, a bigint only where a number would not be safe", () => {
    expect(decode("[9007199254740991, 9007199254740992, -0, -0.0, 1E5, 3.0]")).toEqual([
      9007199254740991,
      9007199254740992n,
      0,
      0,
      100000,
      3,
    ]);
    expect(Object.is((decode("[-0]") as number[])[0], 0)).toBe(true);
  });

  it("keeps a large float a float", () => {
    expect(decode("1e22")).toBe(1e22);
    expect(decode("9007199254740992.0")).toBe(2 ** 53);
  });

  it("keeps keys in their order, whatever they look like", () => {
    const object = decode('{"b":1,"10":2,"9":3,"__proto__":4}') as Map<string, number>;
    expect([...object.keys()]).toEqual(["b", "10", "9", "__proto__"]);
    expect(object.get("__proto__")).toBe(4);
  });

  it("names the place where JSON breaks, by characters", () => {
    expect(refusal(() => decode('["😀",\n "é" 1]'))).toBe('not JSON: "," or "]" is expected at line 2, column 6');
    expect(refusal(() => decode('{"a":1,"a":2}'))).toBe("the key `a` appears twice in one object");
  });

  it("joins escaped halves, but not an escaped half with a plain one", () => {
    expect(decode(String.raw`"\ud83d\ude00"`)).toBe("😀");
    expect(refusal(() => decode('"\\ud83d\ude00"'))).toContain("half of a surrogate pair");
  });

  it("names the first byte that is no text", () => {
    expect(refusal(() => decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x22, 0xe2, 0x82)))).toContain("(byte 4)");
  });
});

describe("plain", () => {
  it("takes plain objects, maps and lists, and nothing else", () => {
    expect(plain({ a: [1n, 2n ** 60n] })).toEqual(objectOf({ a: [1, 2n ** 60n] }));
    expect(refusal(() => plain({ a: undefined }))).toBe("a value of type undefined is not JSON");
    expect(refusal(() => plain({ a: Number.NaN }))).toContain("not finite");
    expect(refusal(() => plain(new Map([[1, 2]])))).toContain("keys are text");
  });

  it("ends where a value holds itself", () => {
    const loop: Record<string, unknown> = {};
    loop.again = loop;
    expect(refusal(() => plain(loop))).toContain("nested deeper than 64 levels");
  });
});

describe("encode", () => {
  it("sorts keys by characters and spells numbers as ECMAScript does", () => {
    const keys = objectOf([
      ["😀", 1],
      ["\uffff", 1e21],
      ["a", [2n ** 60n, 1e-7, null, true]],
    ]);
    expect(spelt(keys)).toBe('{"a":[1152921504606846976,1e-7,null,true],"\uffff":1e+21,"😀":1}');
  });
});
