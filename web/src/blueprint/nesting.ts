/** A Block: a graph inside a node, examined with what enters the node, and counted as often as it is repeated. */

import { sizes } from "./catalogue.js";
import { type Dim, equal, every, mul, type Shape, total, type Verdict } from "./dimensions.js";
import type { Graph } from "./document.js";
import { TooComplex } from "./errors.js";
import type { Examination } from "./examination.js";
import { type Int, plus, times } from "./integers.js";
import { isError } from "./issues.js";
import { type Facts, facts, type Layer, type Tensor } from "./layer.js";
import { activationBytes, tensorBytes } from "./memory.js";
import { HOLDERS, inputIds, outputIds } from "./ports.js";
import { type Given, type Maker, madeBy, makerOf, type Record } from "./record.js";
import { readConfig } from "./settings.js";
import type { Source } from "./sockets.js";

/** Whether nodes of a type have a graph inside. */
export function holdsGraph(layer: Layer): boolean {
  return HOLDERS.includes(layer.type);
}

/** An Input inside a Block: what it gives comes from outside, whatever shape it names itself. */
export function enter(record: Record, layer: Layer, given: Given): void {
  record.config = readConfig(layer, new Map([["shape", [1]], ...record.node.config]), record.report);
  if (given.tensor === null) {
    record.failed = given.failed;
  } else if (record.config !== null) {
    record.config = { ...record.config, ...given.tensor };
    record.facts = facts([given.tensor]);
    record.learns = given.learns;
  }
}

/** Examine the graph of a Block, and tell its facts from those inside. */
export function descend(record: Record, outer: Examination): void {
  const { graph } = record.node;
  if (graph === null) {
    record.report(false, "bad_config", "holds no graph", "draw its layers inside it");
    return;
  }
  const given = givenTo(record, graph, outer);
  const inner = outer.inside(graph, record.path, given);
  const issues = inner.issues();
  for (const issue of issues) record.issues.push(issue);
  if (record.config === null || record.failed !== null || issues.some(isError)) return;
  const outputs = outputIds(graph).map((id) => {
    const [, source, out] = leaving(inner, id);
    return recordOf(inner, source).outputs.get(out) as Tensor;
  });
  if (record.copies > 1 && !repeats(record, [...given.values()], outputs)) return;
  record.inner = inner;
  count(record, inner, outputs);
}

/** What a Block keeps for the backward pass: of what enters it, what a layer inside keeps; the rest is its own. */
export function rememberInside(record: Record, inner: Examination, outer: Examination): void {
  const entering = new Map(record.sources.map(([port, source, out]) => [port, makerAt(outer, source, out)]));
  record.learns = record.trainable > 0 || record.sources.some(([, source]) => recordOf(outer, source).learns);
  const checkpointed = isCheckpoint(record);
  for (const port of outputIds(record.node.graph)) {
    const [, source, out] = leaving(inner, port);
    const from = madeBy(makerAt(inner, source, out) ?? "")[0];
    const passes = from !== "" && entering.has(from) && !checkpointed && record.copies === 1;
    record.makers.set(port, passes ? (entering.get(from) as Maker | null) : makerOf(record.node.id, port));
  }
  for (const [id, maker] of entering) {
    if (maker !== null && record.learns && (checkpointed || inner.keeps(makerOf(id, "out")))) record.kept.push(maker);
  }
}

/** Bytes kept by what a Block made itself, in all its copies: each copy's output is the next one's input. */
export function bytesInside(record: Record, inner: Examination, precision: string): Dim {
  if (isCheckpoint(record) || !record.learns) return 0;
  const made = [...inner.records.values()].filter((each) => each.node.type !== "Input" && each.facts);
  const once = total(made.map((each) => activationBytes(each, inner.kept, precision)));
  if (record.copies === 1) return once;
  const [port] = outputIds(record.node.graph) as [string];
  const keptInput = inputIds(record.node.graph).some((id) => inner.keeps(makerOf(id, "out")));
  const passedOn = keepsOutput(record, port) || !keptInput ? 0 : plus(record.copies, -1);
  const handed = tensorBytes(record.outputs.get(port) as Tensor, precision);
  return total([mul(record.copies, once), mul(passedOn, handed)]);
}

/** Whether a layer inside keeps the tensor that a Block gives at a port. */
export function keepsOutput(record: Record, port: string): boolean {
  const { inner } = record;
  if (inner === null || isCheckpoint(record)) return false;
  const [, source, out] = leaving(inner, port);
  const maker = makerAt(inner, source, out);
  if (maker === null) return false;
  const [id, made] = madeBy(maker);
  return inner.keeps(maker) || keepsOutput(recordOf(inner, id), made);
}

function isCheckpoint(record: Record): boolean {
  return record.node.type === "GradCheckpoint";
}

function recordOf(found: Examination, id: string): Record {
  return found.records.get(id) as Record;
}

/** Where the tensor comes from that leaves at a port. */
function leaving(inner: Examination, port: string): Source {
  return recordOf(inner, port).sources[0] as Source;
}

function makerAt(found: Examination, source: string, out: string): Maker | null {
  return recordOf(found, source).makers.get(out) ?? null;
}

/** What each Input inside a Block gets. */
function givenTo(record: Record, graph: Graph, outer: Examination): Map<string, Given> {
  const blamed = record.failed ?? record.path;
  const given = new Map<string, Given>();
  for (const id of inputIds(graph)) given.set(id, { tensor: null, failed: blamed, learns: false });
  for (const [port, source, out] of record.sources) {
    const feeding = outer.records.get(source);
    if (!feeding || !given.has(port)) continue;
    given.set(port, { tensor: feeding.outputs.get(out) ?? null, failed: blamed, learns: feeding.learns });
  }
  return given;
}

/** The facts of a Block: parameters of each copy, unless they share them, and the work of all. */
function count(record: Record, inner: Examination, outputs: readonly Tensor[]): void {
  const own = record.config?.shared ? 1 : record.copies;
  const records = [...inner.records.values()].filter((each) => each.facts);
  const known = records.map((each) => each.facts as Facts);
  record.facts = facts(outputs, {
    params: times(own, total(known.map((each) => each.params)) as Int),
    macs: mul(record.copies, total(known.map((each) => each.macs))),
  });
  record.trainable = times(own, total(records.map((each) => each.trainable)) as Int);
}

/** Whether the output can be the input of the next copy. */
function repeats(record: Record, given: readonly Given[], outputs: readonly Tensor[]): boolean {
  const times = `repeats ${record.copies} times but`;
  const [entering, out] = [given[0]?.tensor, outputs[0]];
  if (given.length !== 1 || outputs.length !== 1 || !entering || !out) {
    const what = `${times} has ${given.length} inputs and ${outputs.length} outputs`;
    return record.report(false, "bad_config", what, "give it one Input and one Output, or set repeat to 1");
  }
  const fine = entering.dtype === out.dtype && alike(entering.shape, out.shape);
  if (fine instanceof TooComplex) return record.report(false, "limit", fine.message, "name fewer sizes");
  if (fine === true) return true;
  const differ = fine === false ? "differs" : "may differ";
  const what = `${times} its output ${sizes(out.shape)} ${differ} from its input ${sizes(entering.shape)}`;
  return record.report(fine, "shape_mismatch", what, "give both the same shape and dtype, or set repeat to 1");
}

/** Whether two shapes are equal, or why that is beyond telling. */
function alike(shape: Shape, other: Shape): Verdict | TooComplex {
  try {
    return shape.length === other.length && every(...shape.map((size, n) => equal(size, other[n] as Dim)));
  } catch (excess) {
    if (excess instanceof TooComplex) return excess;
    throw excess;
  }
}
