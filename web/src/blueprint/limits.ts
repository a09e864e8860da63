/** How large and how odd a value in a document may be, and the refusal of what is beyond. */

import { DocumentError } from "./errors.js";
import { type Int, integer } from "./integers.js";

export const MAX_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_VALUES = 4_000_000;
const MAX_DIGITS = 100;

const TOO_LARGE = 10n ** BigInt(MAX_DIGITS);
const HALF = /\p{Surrogate}/u;

/** Counts the values of one document. */
export class Budget {
  private left = MAX_VALUES;

  /** Begin one more value, `depth` lists and objects deep. Throws DocumentError. */
  enter(depth: number): void {
    if (this.left-- <= 0) throw new DocumentError(`the document holds more than ${MAX_VALUES} values`);
    if (depth > MAX_DEPTH) throw new DocumentError(`values are nested deeper than ${MAX_DEPTH} levels`);
  }
}

/** The integer, where it has not too many digits. Throws DocumentError. */
export function fittingInteger(value: bigint): Int {
  if (value >= TOO_LARGE || value <= -TOO_LARGE) throw tooManyDigits();
  return integer(value);
}

/** The integer that decimal digits mean, where they are not too many. Throws DocumentError. */
export function integerOf(digits: string): Int {
  if (digits.length < 16) return Number(digits) + 0;
  if (digits.length > MAX_DIGITS + 1) throw tooManyDigits();
  return fittingInteger(BigInt(digits));
}

/** The number, where it is finite. Throws DocumentError. */
export function fittingNumber(value: number): number {
  if (Number.isFinite(value)) return value + 0;
  throw new DocumentError("a number is not finite (NaN or Infinity, or beyond 1.8e308)");
}

/** The text, where it is made of characters. Throws DocumentError. */
export function fittingText(value: string, halved = false): string {
  if (value.includes("\0")) throw new DocumentError("a text holds a NUL character");
  if (!halved && !HALF.test(value)) return value;
  throw new DocumentError("a text holds half of a surrogate pair, which is not a character");
}

function tooManyDigits(): DocumentError {
  return new DocumentError(`a number has more than ${MAX_DIGITS} digits`);
}
