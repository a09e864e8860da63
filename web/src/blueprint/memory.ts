/**
 * How much memory training needs, told from what each layer says it keeps for the backward pass.
 *
 * A tensor kept by several layers counts once, with the node that made it; views cost nothing; a layer keeps nothing
 * where no gradient passes (no parameters that train before it). Parameters are not activations.
 */

import { FLOATING, ITEM_BYTES } from "./catalogue.js";
import { type Dim, product, substitute, total } from "./dimensions.js";
import { ValueError } from "./errors.js";
import { type Int, plus, times } from "./integers.js";
import type { Facts, Layer, Tensor } from "./layer.js";
import { bytesInside, keepsOutput } from "./nesting.js";
import { quoted } from "./quoting.js";
import { type Maker, makerOf, type Record } from "./record.js";

/** Numbers kept for each parameter that trains. */
export const OPTIMIZER_STATES = new Map([
  ["sgd", 0],
  ["momentum", 1],
  ["rmsprop", 1],
  ["adagrad", 1],
  ["adam", 2],
  ["adamw", 2],
]);
export const PRECISIONS = ["float32", "bfloat16", "float16"];

/** Note on a record, whose facts are found, what it keeps for the backward pass and who made its outputs. */
export function remember(record: Record, layer: Layer, records: ReadonlyMap<string, Record>): void {
  const facts = record.facts as Facts;
  const feeding = record.sources.map(([, source]) => records.get(source) as Record);
  const entering = record.sources.map(([, , out], n) => (feeding[n] as Record).makers.get(out) ?? null);
  const differentiable = feeding.some((source) => source.learns);
  record.trainable = record.config?.trainable === false ? 0 : facts.params;
  record.learns ||= differentiable || record.trainable > 0;
  for (const port of record.outputs.keys()) {
    const own = layer.parameters.includes(port) ? null : makerOf(record.node.id, port);
    record.makers.set(port, facts.isView && feeding.length > 0 ? (entering[0] as Maker | null) : own);
  }
  if (record.learns) keep(record, entering, differentiable);
}

/** Bytes kept of what one node made, B left as it is; `kept` counts who keeps each tensor. */
export function activationBytes(record: Record, kept: ReadonlyMap<Maker, number>, precision = "float32"): Dim {
  if (record.facts === null) return 0;
  const parts = record.learns ? record.facts.keeps.map((tensor) => tensorBytes(tensor, precision)) : [];
  if (record.inner) parts.push(bytesInside(record, record.inner, precision));
  record.outputs.forEach((tensor, port) => {
    const counted = kept.get(makerOf(record.node.id, port)) && !keepsOutput(record, port);
    if (counted) parts.push(tensorBytes(tensor, precision));
  });
  return total(parts);
}

/** The size of a tensor, its floating numbers held in a precision. */
export function tensorBytes(tensor: Tensor, precision = "float32"): Dim {
  const dtype = precision !== "float32" && FLOATING.includes(tensor.dtype) ? precision : tensor.dtype;
  return product([...tensor.shape, ITEM_BYTES[dtype]]);
}

/** Parameters in float32. */
export function weightBytes(params: Int): Int {
  return times(params, ITEM_BYTES.float32);
}

/** Weights in float32, gradients and optimiser state of what trains, and the activations of a whole batch. */
export function trainingBytes(params: Int, trainable: Int, activations: Dim, batch: Int, optimizer: string): Dim {
  const states = 1 + (OPTIMIZER_STATES.get(optimizer) as number);
  const weights = plus(weightBytes(params), times(weightBytes(trainable), states));
  return total([weights, substitute(activations, { B: batch })]);
}

/** Throws ValueError, one sentence, for settings of training that do not exist. */
export function checkTraining(batch: Int, precision: string, optimizer: string): void {
  if (batch < 1) throw new ValueError(`the batch is ${batch}; it must be at least 1`);
  checkKnown("precision", precision, PRECISIONS);
  checkKnown("optimizer", optimizer, [...OPTIMIZER_STATES.keys()]);
}

function checkKnown(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new ValueError(`${what} ${quoted(name)} is unknown; it is one of ${known.join(", ")}`);
}

function keep(record: Record, entering: readonly (Maker | null)[], differentiable: boolean): void {
  const { keepsInput, keepsInputForGradient, keepsOutput, keepsPorts } = record.facts as Facts;
  if (keepsInput || (keepsInputForGradient && differentiable)) keepAll(record, entering);
  if (keepsOutput) keepAll(record, record.makers.values());
  if (keepsPorts.length === 0) return;
  const ports = [...record.sources.map(([port], n) => [port, entering[n] as Maker | null] as const), ...record.makers];
  keepAll(
    record,
    ports.flatMap(([port, maker]) => (keepsPorts.includes(port) ? [maker] : [])),
  );
}

function keepAll(record: Record, makers: Iterable<Maker | null>): void {
  for (const maker of makers) if (maker !== null) record.kept.push(maker);
}
