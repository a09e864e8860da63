/**
 * Exact integers of any size: a number where it is safe (below 2^53), else a bigint; never a bigint that would fit.
 * Division and remainder round down, as in Python.
 */

export type Int = number | bigint;

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** The canonical form of an integer. */
export function integer(value: bigint): Int {
  return value <= LARGEST && value >= -LARGEST ? Number(value) : value;
}

export function plus(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return integer(BigInt(a) + BigInt(b));
}

export function times(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const result = a * b;
    if (Number.isSafeInteger(result)) return result + 0;
  }
  return integer(BigInt(a) * BigInt(b));
}

/** The quotient rounded down. Throws RangeError for division by zero. */
export function over(a: Int, b: Int): Int {
  if (b === 0) throw new RangeError("division by zero");
  if (typeof a === "number" && typeof b === "number") {
    const rest = a % b;
    return (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0 ? 1 : 0) + 0;
  }
  return integer((BigInt(a) - BigInt(modulo(a, b))) / BigInt(b));
}

/** The remainder of `over`, of b's sign. Throws RangeError for division by zero. */
export function modulo(a: Int, b: Int): Int {
  if (b === 0) throw new RangeError("division by zero");
  if (typeof a === "number" && typeof b === "number") {
    const rest = a % b;
    return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
  }
  const [left, right] = [BigInt(a), BigInt(b)];
  const rest = left % right;
  return integer(rest !== 0n && rest < 0n !== right < 0n ? rest + right : rest);
}

export function negative(a: Int): Int {
  return typeof a === "number" ? 0 - a : integer(-a);
}

/** The least of one or more integers. */
export function minimum(first: Int, ...others: readonly Int[]): Int {
  let least = first;
  for (const other of others) if (other < least) least = other;
  return least;
}

/** The greatest of one or more integers. */
export function maximum(first: Int, ...others: readonly Int[]): Int {
  let greatest = first;
  for (const other of others) if (other > greatest) greatest = other;
  return greatest;
}

/** The greatest common divisor, never negative. */
export function commonDivisor(a: Int, b: Int): Int {
  let [left, right] = [a, b];
  while (right !== 0) [left, right] = [right, modulo(left, right)];
  return left < 0 ? negative(left) : left;
}
