/**
 * Finds out all that is true of a graph: a record of each node, and every issue, causes before consequences.
 *
 * Issues come in this order: those of the document, then node by node in running order (arity, upstream, settings,
 * checks, output), then what leads nowhere. The graph inside a Block is an examination of its own, whose Inputs are
 * given from outside.
 */

import { withHandles } from "./canonical.js";
import { LAYERS } from "./catalogue.js";
import { atLeast, type Dim, isExpression, product, text } from "./dimensions.js";
import type { Graph, Node } from "./document.js";
import { TooComplex } from "./errors.js";
import { MAX_INTEGER } from "./expressions.js";
import { error, type Issue, isError, titled, warning } from "./issues.js";
import { accepts, type Config, type Facts, type Layer, type Tensor } from "./layer.js";
import { similarType } from "./layers.js";
import { remember } from "./memory.js";
import { descend, enter, holdsGraph, rememberInside } from "./nesting.js";
import { inputsOf, outputsOf } from "./ports.js";
import { quoted } from "./quoting.js";
import { type Given, type Maker, Record } from "./record.js";
import { readConfig } from "./settings.js";
import { sockets } from "./sockets.js";
import { unknownKeys } from "./unknownKeys.js";
import { leadingTo, type Wiring, wire } from "./wiring.js";

type Argument = Tensor | readonly Tensor[] | null;

/** Everything known of a graph whose handles are written. */
export class Examination {
  readonly wiring: Wiring;
  readonly records = new Map<string, Record>();
  readonly kept = new Map<Maker, number>();
  documentIssues: readonly Issue[];

  constructor(
    graph: Graph,
    private readonly prefix = "",
    private readonly given: ReadonlyMap<string, Given> | null = null,
  ) {
    this.wiring = wire(graph, prefix);
    this.documentIssues = [...unknownKeys(graph, prefix), ...this.wiring.issues];
    for (const id of this.wiring.order) this.examine(id);
  }

  /** All issues, causes before consequences. */
  issues(): Issue[] {
    const { order } = this.wiring;
    const found = [...this.documentIssues, ...missingEnds(this.wiring, this.prefix.slice(0, -1))];
    for (const id of order) for (const issue of this.record(id).issues) found.push(issue);
    for (const id of unreachable(this.wiring)) {
      const { node, path } = this.record(id);
      const what = `${titled(node.type, path)}: leads to no Output, so its result is lost`;
      found.push(warning("unreachable", what, "connect it onwards or remove it", path));
    }
    return found;
  }

  /** Whether a layer keeps a tensor for the backward pass. */
  keeps(maker: Maker): boolean {
    return (this.kept.get(maker) ?? 0) > 0;
  }

  /** Examine a node, those that feed it being known, and put its record in the place of an older one. */
  examine(id: string): Record {
    const record = new Record(this.wiring.nodes.get(id) as Node, this.prefix + id);
    const layer = LAYERS.get(record.node.type);
    if (layer) {
      this.plug(record);
      this.run(record, layer);
    } else {
      record.issues.push(unknownType(record));
      record.failed = record.path;
    }
    this.letGo(id);
    this.records.set(id, record);
    for (const maker of record.kept) this.kept.set(maker, (this.kept.get(maker) ?? 0) + 1);
    return record;
  }

  /** The examination of a graph in a Block. */
  inside(graph: Graph, path: string, given: ReadonlyMap<string, Given>): Examination {
    return new Examination(graph, `${path}/`, given);
  }

  /** Drop what is known of a node. */
  forget(id: string): void {
    this.letGo(id);
    this.records.delete(id);
  }

  /** Count no longer what a node kept. */
  private letGo(id: string): void {
    for (const maker of this.records.get(id)?.kept ?? []) this.kept.set(maker, (this.kept.get(maker) as number) - 1);
  }

  private record(id: string): Record {
    return this.records.get(id) as Record;
  }

  /** Report what is wrong at the ports; mark the node as failed where its rule cannot run. */
  private plug(record: Record): void {
    const { node, path } = record;
    const { cut, cyclic, incoming } = this.wiring;
    const plugged = sockets(node.type, path, inputsOf(node), incoming.get(node.id) ?? []);
    record.sources = plugged.sources;
    const explained = cut.has(node.id);
    for (const issue of plugged.issues) if (!explained || issue.code !== "missing_input") record.issues.push(issue);
    if (explained || plugged.incomplete || cyclic.has(node.id)) record.failed = path;
    for (const [, source, port] of plugged.sources) {
      const feeding = this.records.get(source);
      if (feeding) this.draw(record, feeding, port);
    }
  }

  /** Report what is wrong with what feeds a node. */
  private draw(record: Record, feeding: Record, port: string): void {
    if (feeding.failed !== null) this.blame(record, feeding.failed);
    const issue = feeding.outputs.has(port) ? null : noSuchOutput(feeding, port, record.path);
    if (!issue) return;
    record.issues.push(issue);
    record.failed ??= record.path;
  }

  /** Say once that something before failed; the nodes of a cycle blame it and not one another. */
  private blame(record: Record, cause: string): void {
    const { node, path, issues } = record;
    if (this.wiring.cyclic.has(node.id) || issues.some((issue) => issue.code === "upstream")) return;
    const what = `${titled(node.type, path)}: not checked against its input, because ${quoted(cause)} before it failed`;
    issues.push(error("upstream", what, `mend ${quoted(cause)} first`, path));
    record.failed ??= cause;
  }

  /** Read the settings and, where inputs and settings are sound, find the facts. */
  private run(record: Record, layer: Layer): void {
    const given = record.node.type === "Input" ? this.given?.get(record.node.id) : undefined;
    if (given) {
      enter(record, layer, given);
    } else {
      record.config = readConfig(layer, record.node.config, record.report);
      if (holdsGraph(layer)) descend(record, this);
      else if (record.config !== null && record.failed === null)
        record.facts = this.facts(record, layer, record.config);
    }
    if (record.facts === null) {
      record.failed ??= record.path;
      return;
    }
    record.outputs = namedOutputs(record.node, record.facts);
    if (record.inner) rememberInside(record, record.inner, this);
    else remember(record, layer, this.records);
  }

  /** Run the layer's rule; null when it, or the size of its output, is at fault. */
  private facts(record: Record, layer: Layer, config: Config): Facts | null {
    const before = record.issues.length;
    const facts = ran(layer, this.arguments(record, layer), config, record);
    if (facts === null || record.issues.some((issue, n) => n >= before && isError(issue))) return null;
    const large = tooLarge(facts);
    if (large === null) return facts;
    record.report(false, "limit", `makes a dimension of ${text(large)}, more than 2^31 - 1`, "use smaller sizes");
    return null;
  }

  /** One argument for each port of the layer. */
  private arguments(record: Record, layer: Layer): Argument[] {
    const tensors = record.sources.map(([port, source, out]): [string, Tensor] => {
      return [port, this.record(source).outputs.get(out) as Tensor];
    });
    return layer.inputs.map((port) => {
      if (!port.variadic) return tensors.find(([handle]) => handle === port.name)?.[1] ?? null;
      return tensors.filter(([handle]) => accepts(port, handle)).map(([, tensor]) => tensor);
    });
  }
}

/** Examine a graph; never throws. */
export function examine(graph: Graph): Examination {
  return new Examination(withHandles(graph));
}

function ran(layer: Layer, given: readonly Argument[], config: Config, record: Record): Facts | null {
  try {
    const facts = layer.rule(...given, config, record.report);
    if (facts) checkNumbers(facts);
    return facts;
  } catch (excess) {
    if (!(excess instanceof TooComplex)) throw excess;
    record.report(false, "limit", excess.message, "name fewer sizes");
    return null;
  }
}

/** Throws TooComplex where it cannot be written how many numbers a tensor holds. */
function checkNumbers(facts: Facts): void {
  for (const { shape } of facts.outputs) product(shape);
  for (const { shape } of facts.keeps) product(shape);
}

/** Name what the rule gives; the last of the outputs may be missing. */
function namedOutputs(node: Node, facts: Facts): ReadonlyMap<string, Tensor> {
  const names = outputsOf(node);
  const many = names[0] === "out.*";
  const pairs = facts.outputs.map((tensor, n): [string, Tensor] => [many ? `out.${n}` : (names[n] as string), tensor]);
  return new Map(pairs);
}

function tooLarge(facts: Facts): Dim | null {
  for (const { shape } of facts.outputs) {
    for (const dim of shape) {
      if (isExpression(dim) ? atLeast(dim, MAX_INTEGER + 1) : dim > MAX_INTEGER) return dim;
    }
  }
  return null;
}

function noSuchOutput(feeding: Record, port: string, path: string): Issue | null {
  const names = feeding.facts ? [...feeding.outputs.keys()] : outputsOf(feeding.node);
  if (!LAYERS.has(feeding.node.type) || names.includes(port) || (!feeding.facts && couldBe(port, names))) return null;
  const title = titled(feeding.node.type, feeding.path);
  const what = `${title}: has no output ${quoted(port || "out")} for the edge to ${quoted(path)}`;
  const mend = names.length > 0 ? `connect from ${names.map(quoted).join(", ")}` : "it gives nothing, remove the edge";
  return error("unknown_port", what, mend, feeding.path, port || null);
}

/** Whether a layer that gives as many outputs as its settings say could have this one. */
function couldBe(port: string, names: readonly string[]): boolean {
  return names.some((name) => name.endsWith(".*") && port.startsWith(name.slice(0, -1)));
}

function missingEnds(wiring: Wiring, block: string): Issue[] {
  const where = block ? `Block ${quoted(block)}` : "the network";
  const missing: Issue[] = [];
  const check = (type: string, code: string, mend: string) => {
    for (const node of wiring.nodes.values()) if (node.type === type) return;
    missing.push(error(code, `${where} has no ${type}`, mend, block || null));
  };
  check("Input", "no_input", "add an Input node with the shape of a sample");
  check("Output", "no_output", "add an Output node after the last layer");
  return missing;
}

/** Ids of nodes that lead to no Output, in running order; none where there is no Output. */
function unreachable(wiring: Wiring): string[] {
  const outputs = wiring.order.filter((id) => wiring.nodes.get(id)?.type === "Output");
  const useful = leadingTo(outputs, wiring);
  if (outputs.length === 0 || useful.size === wiring.nodes.size) return [];
  return wiring.order.filter((id) => !useful.has(id));
}

function unknownType(record: Record): Issue {
  const { node, path } = record;
  const near = similarType(node.type);
  const what = `${quoted(path)} is of type ${quoted(node.type)}, which does not exist`;
  return error("unknown_type", what, near === null ? "choose one of the catalogue" : `did you mean ${near}?`, path);
}
