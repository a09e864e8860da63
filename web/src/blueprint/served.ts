/** What tests may ask the engine for: a function by name, its arguments and result plain JSON. Add yours below. */

import { analysisToJson, analyze, figuresToJson, totalsToJson } from "./analysis.js";
import { canonical, contentHash, withHandles } from "./canonical.js";
import { decode, encode, isList, isObject, type Json, numberText, plain } from "./codec.js";
import { conflictToJson } from "./conflicts.js";
import { diff } from "./diff.js";
import * as dimensions from "./dimensions.js";
import { type Graph, parse, toDocument } from "./document.js";
import { apply, invert } from "./editing.js";
import { editsFromJson, editsToJson } from "./editJson.js";
import type { Edit } from "./edits.js";
import { ValueError } from "./errors.js";
import { parseDimension } from "./expressions.js";
import { commonDivisor, type Int, integer, maximum, minimum, modulo, over, plus, times } from "./integers.js";
import { merge } from "./merge.js";
import { inputsOf, outputsOf } from "./ports.js";
import { quoted, shown } from "./quoting.js";
import { type Change, Session } from "./session.js";
import { similar } from "./similar.js";
import { spelled } from "./spelling.js";
import { compareText } from "./text.js";

// biome-ignore lint/suspicious/noExplicitAny: the other side sends what each method takes.
type Method = (...given: any[]) => unknown;

export const METHODS = new Map<string, Method>(
  Object.entries<Method>({
    decode: (text: string) => described(decode(text)),
    decodeBytes: (bytes: string) => described(decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))),
    encode: (text: string) => new TextDecoder().decode(encode(decode(text))),
    plain: (value: unknown) => described(plain(value)),
    numberText: (text: string) => numberText(Number(text)),
    quoted,
    shown: (text: string) => shown(decode(text)),
    similar,
    sorted: (texts: string[]) => texts.sort(compareText),
    size: (text: string, operations: Operation[]) => sizes(text, operations),
    integers: (a: string, b: string) => integers(integer(BigInt(a)), integer(BigInt(b))),
    document: (text: string) => spelled(toDocument(parse(text))),
    canonical: (text: string) => new TextDecoder().decode(canonical(parse(text))),
    contentHash: (text: string) => contentHash(parse(text)),
    withHandles: (text: string) => spelled(toDocument(withHandles(parse(text)))),
    analyze: (texts: string[], training: object) =>
      texts.map((text) => JSON.stringify(analysisToJson(analyze(parse(text), training)))),
    session: (graph: string, batches: string[], training: object) =>
      stepped(new Session(parse(graph), training), batches),
    edits: (text: string) => spelled(editsToJson(editsFromJson(decode(text)))),
    apply: (graph: string, edits: string) => spelled(toDocument(apply(parse(graph), editsOf(edits)))),
    invert: (graph: string, edits: string) => spelled(editsToJson(invert(parse(graph), editsOf(edits)))),
    diff: (a: string, b: string) => spelled(editsToJson(diff(parse(a), parse(b)))),
    merge: (base: string, ours: string, theirs: string) => merged(parse(base), parse(ours), parse(theirs)),
    ports: (text: string) =>
      parse(text).nodes.map((node) => [inputsOf(node).map((port) => port.name), outputsOf(node)]),
  }),
);

function editsOf(text: string): readonly Edit[] {
  return editsFromJson(decode(text));
}

/** What each batch changes, or why it is refused, and the whole answer after it. */
function stepped(session: Session, batches: readonly string[]): string[] {
  return batches.map((text) => {
    const change = refusable(() => session.apply(editsOf(text)));
    return JSON.stringify([change, analysisToJson(session.analysis())]);
  });
}

function refusable(apply: () => Change): unknown {
  try {
    const { nodes, totals, undo } = apply();
    const figures = [...nodes].map(([id, each]) => [id, each && figuresToJson(each)]);
    return [Object.fromEntries(figures), totalsToJson(totals), spelled(editsToJson(undo))];
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
}

/** The document and the conflicts. */
function merged(base: Graph, ours: Graph, theirs: Graph): string {
  const { graph, conflicts } = merge(base, ours, theirs);
  return spelled([toDocument(graph), conflicts.map(conflictToJson)]);
}

/** A value with the kinds of its numbers, and its keys in their order. */
function described(value: Json): string {
  if (typeof value === "number") return Number.isSafeInteger(value) ? `i${value}` : `f${numberText(value)}`;
  if (typeof value === "bigint") return `i${value}`;
  if (isList(value)) return `[${value.map(described).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${described(item)}`).join(",")}}`;
}

type Operation = readonly [name: string, operand: string];

const SIZES: Readonly<Record<string, (dim: dimensions.Dim, operand: string) => dimensions.Dim | dimensions.Verdict>> = {
  add: (dim, operand) => dimensions.add(dim, parseDimension(operand)),
  sub: (dim, operand) => dimensions.sub(dim, parseDimension(operand)),
  from: (dim, operand) => dimensions.sub(parseDimension(operand), dim),
  mul: (dim, operand) => dimensions.mul(dim, parseDimension(operand)),
  floordiv: (dim, operand) => dimensions.floordiv(dim, integer(BigInt(operand))),
  mod: (dim, operand) => dimensions.mod(dim, integer(BigInt(operand))),
  total: (dim, operand) => dimensions.total([dim, 3, parseDimension(operand), dim]),
  product: (dim, operand) => dimensions.product([dim, 3, parseDimension(operand), dim]),
  substitute: (dim, operand) => dimensions.substitute(dim, { B: integer(BigInt(operand)) }),
  atLeast: (dim, operand) => dimensions.atLeast(dim, parseDimension(operand)),
  equal: (dim, operand) => dimensions.equal(dim, parseDimension(operand)),
};

/** A dimension after one operation after another, each written or refused; comparisons leave it as it is. */
function sizes(text: string, operations: readonly Operation[]): string[] {
  let dim = parseDimension(text);
  const written = [dimensions.text(dim)];
  for (const [name, operand] of operations) {
    try {
      const result = SIZES[name]?.(dim, operand) ?? null;
      if (typeof result !== "boolean" && result !== null) dim = result;
      written.push(result === null || typeof result === "boolean" ? String(result) : dimensions.text(result));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      written.push(error.message);
    }
  }
  return written;
}

function integers(a: Int, b: Int): string[] {
  const results = [plus(a, b), times(a, b), minimum(a, b), maximum(a, b), commonDivisor(a, b)];
  if (b !== 0) results.push(over(a, b), modulo(a, b));
  return results.map((result) => `${typeof result} ${result}`);
}
