import { describe, expect, it } from "vitest";
import {
  add,
  atLeast,
  type Dim,
  equal,
  every,
  floordiv,
  mod,
  mul,
  product,
  sub,
  substitute,
  symbol,
  text,
  total,
} from "./dimensions.js";
import { TooComplex } from "./errors.js";
import { parseDimension } from "./expressions.js";
import { minimum, modulo, over, plus, times } from "./integers.js";

describe("integers", () => {
  it("turn into bigints where a number would not be safe, and back", () => {
    expect(times(2 ** 40, 2 ** 40)).toBe(2n ** 80n);
    expect(over(2n ** 80n, 2 ** 40)).toBe(2 ** 40);
    expect(plus(2 ** 53 - 1, 1)).toBe(2n ** 53n);
    expect(minimum(2n ** 60n, 5, -1)).toBe(-1);
  });

  it("divide and leave rests as Python does, and know no -0", () => {
    expect([over(-7, 2), modulo(-7, 2), over(7, -2), modulo(7, -2)]).toEqual([-4, 1, -4, -1]);
    expect(over(Number.MAX_SAFE_INTEGER, -3)).toBe(-3002399751580331);
    for (const zero of [times(0, -5), over(0, -5), modulo(-4, 2)]) expect(Object.is(zero, 0)).toBe(true);
    expect(() => over(1, 0)).toThrow(RangeError);
  });
});

describe("dimensions", () => {
  it.each([
    ["1 + T*2", "2*T + 1"],
    ["(H + 2*1 - 3)//2 + 1", "(H - 1)//2 + 1"],
    ["((H - 1)//2)//2", "(H - 1)//4"],
    ["(W//2)*16*(H//2)", "16*(H//2)*(W//2)"],
    ["0 - (H//2)", "-(H//2)"],
    ["H - H + 4", "4"],
  ])("write %s as %s", (given, written) => {
    expect(text(parseDimension(given))).toBe(written);
  });

  it("compute with named sizes", () => {
    const height = symbol("H");
    const halved = floordiv(add(height, 3), 2);
    expect(text(mul(halved, sub(height, 1)))).toBe("((H - 1)//2)*H - ((H - 1)//2) + 2*H - 2");
    expect(substitute(halved, { H: 8 })).toBe(5);
    expect(text(mod(height, 2))).toBe("H - 2*(H//2)");
    expect(text(total([height, 1, height]))).toBe("2*H + 1");
    expect(text(product([2 ** 31, height, 2 ** 31]))).toBe("4611686018427387904*H");
    expect(product([])).toBe(1);
  });

  it("never take a name of a size for a property of every object", () => {
    expect(text(substitute(symbol("constructor"), { B: 1 }))).toBe("constructor");
  });

  it("compare for all sizes, no size, or some", () => {
    const height = symbol("H");
    expect([atLeast(height, 1), atLeast(height, 5), atLeast(sub(4, height), 4)]).toEqual([true, null, false]);
    expect([equal(height, add(height, 1)), equal(height, symbol("W")), equal(3, 3)]).toEqual([false, null, true]);
    expect([every(true, null), every(null, false), every()]).toEqual([null, false, true]);
  });

  it("refuse what nobody could read", () => {
    const sum = (letter: string): Dim => total(Array.from({ length: 12 }, (_, index) => symbol(letter + index)));
    expect(() => product([sum("A"), sum("B"), sum("C")])).toThrow(TooComplex);
  });
});
