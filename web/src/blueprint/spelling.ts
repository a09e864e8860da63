/** The one canonical spelling of a JSON value (RFC 8785), from which hashes and messages are built. */

import type { Int } from "./integers.js";
import { compareText } from "./text.js";

/** An object keeps the order of its keys, and any text may be a key. */
export type JsonObject = ReadonlyMap<string, Json>;

/** A safe integral number and a bigint are integers; any other number is a floating-point number. */
export type Json = null | boolean | Int | string | readonly Json[] | JsonObject;

/** The canonical bytes of a JSON value: keys sorted by code points, no spaces, UTF-8. */
export function encode(value: Json): Uint8Array {
  return new TextEncoder().encode(spelled(value));
}

/** The canonical text of a JSON value. */
export function spelled(value: Json): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(spelled).join(",")}]`;
  const members = [...value.keys()]
    .sort(compareText)
    .map((key) => `${spelled(key)}:${spelled(value.get(key) as Json)}`);
  return `{${members.join(",")}}`;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}
