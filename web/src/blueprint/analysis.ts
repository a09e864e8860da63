/**
 * What a person sees beside the canvas: is the network valid, why not, and what does it cost.
 *
 * `macs` are multiply-accumulates of matrix products and convolutions, `flops` twice that; both, like
 * `activationBytes`, for a batch of 1. All counts are exact, expressions where sizes stay named.
 */

import { CATALOGUE_HASH, LAYERS } from "./catalogue.js";
import { type Dim, isExpression, mul, neg, type Shape, substitute, text, total } from "./dimensions.js";
import type { Graph } from "./document.js";
import { type Examination, examine } from "./examination.js";
import type { Int } from "./integers.js";
import { type Issue, isError } from "./issues.js";
import type { Facts, Tensor } from "./layer.js";
import { activationBytes, checkTraining, trainingBytes, weightBytes } from "./memory.js";
import type { Record } from "./record.js";

const ONE_SAMPLE = { B: 1 };

/** Settings of training; they concern `trainingBytes` only. */
export interface Training {
  readonly batch: Int;
  readonly precision: string;
  readonly optimizer: string;
}

/** The figures of all nodes added up. */
export interface Sums {
  readonly params: Int;
  readonly trainableParams: Int;
  readonly macs: Dim;
  readonly activationBytes: Dim;
}

/** What one layer gives and costs; activationBytes are those of its own tensors kept for backward. */
export interface NodeFigures extends Sums {
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly flops: Dim;
}

/** What the whole network costs; trainingBytes = weights + gradients + optimiser state + activations. */
export interface Totals extends Sums {
  readonly flops: Dim;
  readonly weightBytes: Int;
  readonly trainingBytes: Dim;
}

/** The whole answer. Nodes that could not be analysed have no figures and do not count in the totals. */
export interface Analysis {
  readonly valid: boolean;
  readonly issues: readonly Issue[];
  readonly nodes: ReadonlyMap<string, NodeFigures>;
  readonly totals: Totals;
  readonly catalogue: string;
}

/** Analyse a graph. Throws ValueError where a setting of training is unknown. */
export function analyze(graph: Graph, given: Partial<Training> = {}): Analysis {
  const training = trainingOf(given);
  return analysisOf(examine(graph), training);
}

/** Settings of training, omitted ones filled with the default. Throws ValueError where one is unknown. */
export function trainingOf({ batch = 1, precision = "float32", optimizer = "adam" }: Partial<Training>): Training {
  checkTraining(batch, precision, optimizer);
  return { batch, precision, optimizer };
}

/** The analysis of what an examination found. Nodes inside Blocks follow their Block, as one copy. */
export function analysisOf(found: Examination, training: Training): Analysis {
  const { precision } = training;
  const top: NodeFigures[] = [];
  const kept: Dim[] = [];
  const nodes = new Map<string, NodeFigures>();
  for (const record of known(found)) {
    const bytes = activationBytes(record, found.kept);
    const figures = figuresOf(record, found, bytes);
    top.push(figures);
    kept.push(precision === "float32" ? bytes : activationBytes(record, found.kept, precision));
    nodes.set(record.path, figures);
    if (record.inner) addInside(record.inner, nodes);
  }
  const issues = found.issues();
  const totals = totalsOf(sumsOf(top), total(kept), training);
  return { valid: !issues.some(isError), issues, nodes, totals, catalogue: CATALOGUE_HASH };
}

/** Add figures up. */
export function sumsOf(figures: readonly Sums[]): Sums {
  return {
    params: total(figures.map((each) => each.params)) as Int,
    trainableParams: total(figures.map((each) => each.trainableParams)) as Int,
    macs: total(figures.map((each) => each.macs)),
    activationBytes: total(figures.map((each) => each.activationBytes)),
  };
}

/** The sums with one node's figures, where it has any, in place of others. */
export function exchanged(sums: Sums, before: Sums = NONE, after: Sums = NONE): Sums {
  const change = (name: keyof Sums) => total([sums[name], neg(before[name]), after[name]]);
  return {
    params: change("params") as Int,
    trainableParams: change("trainableParams") as Int,
    macs: change("macs"),
    activationBytes: change("activationBytes"),
  };
}

/** The totals; `activations` are the bytes kept in the precision of training, B left as it is. */
export function totalsOf(sums: Sums, activations: Dim, { batch, optimizer }: Training): Totals {
  const { params, trainableParams } = sums;
  return {
    params,
    trainableParams,
    macs: sums.macs,
    flops: mul(2, sums.macs),
    weightBytes: weightBytes(params),
    activationBytes: sums.activationBytes,
    trainingBytes: trainingBytes(params, trainableParams, activations, batch, optimizer),
  };
}

/** The figures of a node whose facts are known; an output that is a parameter is told where an edge takes it. */
export function figuresOf(
  record: Record,
  found: Examination,
  bytes = activationBytes(record, found.kept),
): NodeFigures {
  const facts = record.facts as Facts;
  const macs = substitute(facts.macs, ONE_SAMPLE);
  return {
    outputs: visible(record, found),
    params: facts.params,
    trainableParams: record.trainable,
    macs,
    flops: mul(2, macs),
    activationBytes: substitute(bytes, ONE_SAMPLE),
  };
}

/** The analysis as JSON in contracts has it: counts are decimal strings or expressions. */
export function analysisToJson({ valid, issues, nodes, totals, catalogue }: Analysis): object {
  const figures = [...nodes].map(([id, each]) => [id, figuresToJson(each)]);
  return { valid, issues, nodes: Object.fromEntries(figures), totals: totalsToJson(totals), catalogue };
}

/** The figures of a node as JSON. */
export function figuresToJson(figures: NodeFigures): object {
  const outputs = [...figures.outputs].map(([port, x]) => [port, { shape: shapeToJson(x.shape), dtype: x.dtype }]);
  return { outputs: Object.fromEntries(outputs), ...countsToJson(figures) };
}

/** The totals as JSON. */
export function totalsToJson(totals: Totals): object {
  const bytes = { weight_bytes: text(totals.weightBytes), training_bytes: text(totals.trainingBytes) };
  return { ...countsToJson(totals), ...bytes };
}

const NONE: Sums = { params: 0, trainableParams: 0, macs: 0, activationBytes: 0 };

function countsToJson(counts: Sums & { readonly flops: Dim }): object {
  return {
    params: text(counts.params),
    trainable_params: text(counts.trainableParams),
    macs: text(counts.macs),
    flops: text(counts.flops),
    activation_bytes: text(counts.activationBytes),
  };
}

/** A shape as in documents: integers, and expressions as text. */
function shapeToJson(shape: Shape): (number | string)[] {
  return shape.map((dim) => (isExpression(dim) ? dim.text : Number(dim)));
}

function visible({ node, outputs }: Record, found: Examination): ReadonlyMap<string, Tensor> {
  const hidden = LAYERS.get(node.type)?.parameters.slice(0, outputs.size - 1) ?? [];
  if (hidden.length === 0) return outputs;
  const used = found.wiring.outgoing.get(node.id)?.map((edge) => edge.sourceHandle) ?? [];
  return new Map([...outputs].filter(([port]) => !hidden.includes(port) || used.includes(port)));
}

/** Records whose facts are known, in running order. */
function known(found: Examination): Record[] {
  return found.wiring.order.map((id) => found.records.get(id) as Record).filter((record) => record.facts);
}

/** The figures of what is in a Block, by path. */
function addInside(inner: Examination, nodes: Map<string, NodeFigures>): void {
  for (const record of known(inner)) {
    nodes.set(record.path, figuresOf(record, inner));
    if (record.inner) addInside(record.inner, nodes);
  }
}
