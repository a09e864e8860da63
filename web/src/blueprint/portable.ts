/** What rules translated from Python call: its builtins, as far as rules may use them, with Python's meaning. */

import { identical, isExpression, text as written } from "./dimensions.js";
import { integer as canonical, type Int, negative } from "./integers.js";
import { compareText } from "./text.js";

export {
  add,
  atLeast,
  equal,
  every,
  floordiv,
  mod,
  mul,
  neg,
  product,
  sub,
  substitute,
  symbol,
  total,
} from "./dimensions.js";
export { maximum, minimum } from "./integers.js";
export { facts, table, tensor } from "./layer.js";
export { quotient, scaled } from "./quotients.js";

// biome-ignore lint/suspicious/noExplicitAny: rules are as loosely typed here as their values are in Python.
type Any = any;

/** One item of a list, counted from the end when negative; one entry of a table. */
export function at(owner: Any, place: Any): Any {
  return owner[place < 0 ? place + owner.length : place];
}

/** A value as an f-string writes it. */
export function text(value: Any): string {
  return typeof value === "string" ? value : written(value);
}

/** The integer that a text means, or a number without its fraction. */
export function integer(value: string | Int): Int {
  if (typeof value === "string") return canonical(BigInt(value));
  return typeof value === "number" ? Math.trunc(value) : value;
}

export function absolute(value: Int): Int {
  return value < 0 ? negative(value) : value;
}

/** Whether Python takes a value for true: an empty list is not. */
export function truth(value: Any): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** Python's `==` between sizes, texts, tensors and lists of such. */
export function same(left: Any, right: Any): boolean {
  if (left === right) return true;
  if (isExpression(left)) return isExpression(right) && identical(left, right);
  if (Array.isArray(left)) return Array.isArray(right) && left.length === right.length && left.every(alike(right));
  return Boolean(left?.shape && right?.shape) && left.dtype === right.dtype && same(left.shape, right.shape);
}

/** Python's `in`, of a list, a text, or a table. */
export function contains(owner: Any, value: Any): boolean {
  if (typeof owner === "string") return owner.includes(value);
  return Array.isArray(owner) ? owner.some((each) => same(each, value)) : Object.hasOwn(owner, value);
}

export function occurrences(owner: Any, value: Any): number {
  return typeof owner === "string"
    ? owner.split(value).length - 1
    : owner.filter((each: Any) => same(each, value)).length;
}

export function range(first: number, end?: number, step = 1): number[] {
  const [start, stop] = end === undefined ? [0, first] : [first, end];
  const numbers = [];
  for (let number = start; step > 0 ? number < stop : number > stop; number += step) numbers.push(number);
  return numbers;
}

export function zip(first: Any, ...others: Any[]): Any[] {
  return listOf(first).map((item, n) => [item, ...others.map((other) => other[n])]);
}

export function enumerate(items: Any): Any[] {
  return listOf(items).map((item, n) => [n, item]);
}

export function sorted(items: Any): Any[] {
  return [...items].sort((a, b) => (typeof a === "string" ? compareText(a, b) : a < b ? -1 : a > b ? 1 : 0));
}

/** Each value once. */
export function distinct(items: Any): Any[] {
  return [...items].filter((item, n, all) => all.findIndex((each) => same(each, item)) === n);
}

export function isInt(value: unknown): value is Int {
  return Number.isSafeInteger(value) || typeof value === "bigint";
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function listOf(items: Any): Any[] {
  return Array.isArray(items) ? items : [...items];
}

function alike(others: Any[]): (item: Any, n: number) => boolean {
  return (item, n) => same(item, others[n]);
}
