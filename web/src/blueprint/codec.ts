/**
 * JSON in and out, so that everything behind this door is plain data of known size.
 *
 * `decode` refuses whatever a hostile or broken file may hold (bombs, NaN, repeated keys, text that is no text) with
 * one sentence; `encode` writes the one canonical spelling of a value.
 */

import { DocumentError } from "./errors.js";
import { Budget, fittingInteger, fittingNumber, fittingText, MAX_BYTES } from "./limits.js";
import { read } from "./reader.js";
import type { Json, JsonObject } from "./spelling.js";
import { length } from "./text.js";

export { encode, isList, isObject, type Json, type JsonObject } from "./spelling.js";

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** JSON values of a text, its bytes, or an object. Throws DocumentError. */
export function decode(data: string | Uint8Array | object): Json {
  if (typeof data === "string") return read(bounded(data));
  return data instanceof Uint8Array ? read(textOf(data)) : plain(data);
}

/** A fresh copy made of JSON values only, objects as maps. Throws DocumentError. */
export function plain(value: unknown): Json {
  return copied(value, 0, new Budget());
}

/** An object of JSON values, from pairs or a plain object; its values are taken as they are. */
export function objectOf(members: Iterable<readonly [string, Json]> | Readonly<Record<string, Json>>): JsonObject {
  return new Map(Symbol.iterator in members ? members : Object.entries(members));
}

/** ECMAScript's Number::toString of a finite number. */
export function numberText(value: number): string {
  return String(value);
}

function bounded(text: string): string {
  if (text.length > MAX_BYTES && length(text) > MAX_BYTES) throw tooLarge();
  return text;
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_BYTES) throw tooLarge();
  const start = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start));
  } catch {
    throw new DocumentError(`the document is not UTF-8 text (byte ${firstMalformed(bytes, start)})`);
  }
}

function tooLarge(): DocumentError {
  return new DocumentError(`the document is larger than ${MAX_BYTES / 2 ** 20} MiB`);
}

/** Where the first sequence begins that is no character (Unicode Standard, table 3-7). */
function firstMalformed(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const size = sequence(bytes, at);
    if (size === 0) return at;
    at += size;
  }
  return at;
}

/** How many bytes a character takes, or 0. */
function sequence(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  const low = { 224: 0xa0, 240: 0x90 }[first] ?? 0x80;
  const high = { 237: 0x9f, 244: 0x8f }[first] ?? 0xbf;
  for (let next = 1; next < size; next++) {
    const byte = bytes[at + next] ?? 0;
    if (byte < (next === 1 ? low : 0x80) || byte > (next === 1 ? high : 0xbf)) return 0;
  }
  return size;
}

function copied(value: unknown, depth: number, budget: Budget): Json {
  budget.enter(depth);
  switch (typeof value) {
    case "boolean":
      return value;
    case "bigint":
      return fittingInteger(value);
    case "number":
      return fittingNumber(value);
    case "string":
      return fittingText(value);
    case "object":
      return value === null ? null : structure(value, depth + 1, budget);
    default:
      throw new DocumentError(`a value of type ${typeof value} is not JSON`);
  }
}

function structure(value: object, depth: number, budget: Budget): Json {
  if (Array.isArray(value)) return value.map((item) => copied(item, depth, budget));
  const members = new Map<string, Json>();
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    if (typeof key !== "string") throw new DocumentError(`an object has a key of type ${typeof key}; keys are text`);
    members.set(fittingText(key), copied(item, depth, budget));
  }
  return members;
}
