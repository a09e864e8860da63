/**
 * The graph document: what a person draws, as immutable values, and its reading and writing.
 *
 * `parse` refuses only what has not the form of a document. Everything a person can mend on the canvas (an unknown
 * key, a repeated id, an edge to nowhere, a bad setting) is kept and becomes an issue of the analysis; unknown keys
 * live in `extra` for that purpose.
 */

import { decode, isList, isObject, type Json, type JsonObject } from "./codec.js";
import { DocumentError } from "./errors.js";
import { shown } from "./quoting.js";

export const SCHEMA = "neuralforge.blueprint/1";
export const MAX_NODES = 20_000;
export const MAX_EDGES = 100_000;
export const MAX_NESTING = 16;
const UNTITLED = "untitled";
const NOTHING: JsonObject = new Map();
const KINDS = new Map([
  ["boolean", "a boolean"],
  ["number", "a number"],
  ["bigint", "a number"],
  ["string", "a text"],
]);

/** Where a node is drawn, in pixels. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** One layer of the network, or a Block of layers drawn in a `graph` of its own. */
export interface Node {
  readonly id: string;
  readonly type: string;
  readonly config: JsonObject;
  readonly position: Position | null;
  readonly meta: JsonObject | null;
  readonly extra: JsonObject;
  readonly graph: Graph | null;
}

/** A tensor's way from an output port to an input port; an omitted handle is the node's first port. */
export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly sourceHandle: string | null;
  readonly targetHandle: string | null;
  readonly id: string | null;
  readonly meta: JsonObject | null;
  readonly extra: JsonObject;
}

/**
 * A whole network, or what a Block holds.
 *
 * Content is nodes (id, type, config, graph) and edges (ends, handles); the rest is dress.
 */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly meta: JsonObject | null;
  readonly extra: JsonObject;
}

/** A node with nothing but an id and a type, and what else is given. */
export function node(id: string, type: string, given: Partial<Node> = {}): Node {
  return { id, type, config: NOTHING, position: null, meta: null, extra: NOTHING, graph: null, ...given };
}

/** An edge between the first ports of two nodes, and what else is given. */
export function edge(source: string, target: string, given: Partial<Edge> = {}): Edge {
  const dress = { id: null, meta: null, extra: NOTHING };
  return { source, target, sourceHandle: null, targetHandle: null, ...dress, ...given };
}

/** An empty graph, and what else is given. */
export function graph(given: Partial<Graph> = {}): Graph {
  return { name: UNTITLED, nodes: [], edges: [], meta: null, extra: NOTHING, ...given };
}

/** Read a document from JSON text, its bytes, or an object. Throws DocumentError, one sentence. */
export function parse(data: string | Uint8Array | object): Graph {
  const document = objectIn(decode(data), "the document");
  const schema = document.get("schema");
  if (schema !== SCHEMA) {
    const said = schema === undefined || schema === null ? "is missing" : `says ${shown(schema)}`;
    throw new DocumentError(`the document's "schema" ${said}; it must be "${SCHEMA}"`);
  }
  const read = graphFromJson(document, "", 0);
  checkSize("the document", read);
  return read;
}

/** The JSON document of a graph, with everything it carries. */
export function toDocument(graph: Graph): JsonObject {
  return new Map([["schema", SCHEMA], ["name", graph.name], ...graphParts(graph)]);
}

/** One node, and what it holds; `where` names it in the refusal. */
export function nodeFromJson(value: Json | undefined, where: string): Node {
  const read = nodeAt(value, where, 0);
  if (read.graph) checkSize(where, read.graph);
  return read;
}

/** One edge; `where` names it in the refusal. */
export function edgeFromJson(value: Json | undefined, where: string): Edge {
  const data = objectIn(value, where);
  return {
    source: nameIn(data, "source", where),
    target: nameIn(data, "target", where),
    sourceHandle: optionalName(data, "source_handle", where),
    targetHandle: optionalName(data, "target_handle", where),
    id: optionalName(data, "id", where),
    meta: optionalObject(data, "meta", where),
    extra: others(data, ["source", "target", "source_handle", "target_handle", "id", "meta"]),
  };
}

/** A position or null, further keys left out; `where` names it in the refusal. */
export function positionFromJson(value: Json | undefined, where: string): Position | null {
  if (value === undefined || value === null) return null;
  const data = objectIn(value, `${where}, "position"`);
  const [x, y] = [data.get("x"), data.get("y")];
  if (isCoordinate(x) && isCoordinate(y)) return { x, y };
  throw new DocumentError(`${where}: "position" must be {"x": number, "y": number}`);
}

/** The JSON of a node. */
export function nodeToJson(node: Node): JsonObject {
  const dress = given({ position: node.position && positionToJson(node.position), meta: node.meta });
  const inner = given({ graph: node.graph && innerToJson(node.graph) });
  return new Map([["id", node.id], ["type", node.type], ["config", node.config], ...inner, ...dress, ...node.extra]);
}

/** The JSON of an edge. */
export function edgeToJson(edge: Edge): JsonObject {
  const handles = given({ source_handle: edge.sourceHandle, target_handle: edge.targetHandle });
  const dress = given({ id: edge.id, meta: edge.meta });
  return new Map([["source", edge.source], ["target", edge.target], ...handles, ...dress, ...edge.extra]);
}

/** The JSON of a position. */
export function positionToJson(position: Position): JsonObject {
  return new Map([
    ["x", position.x + 0],
    ["y", position.y + 0],
  ]);
}

/** How many nodes and edges there are, those inside Blocks included. */
export function sizeOf(graph: Graph): readonly [nodes: number, edges: number] {
  let [nodes, edges] = [graph.nodes.length, graph.edges.length];
  for (const node of graph.nodes) {
    if (!node.graph) continue;
    const inside = sizeOf(node.graph);
    nodes += inside[0];
    edges += inside[1];
  }
  return [nodes, edges];
}

/** A graph `depth` Blocks deep; the whole document is "" and its nodes are "nodes[0]", not "x.nodes[0]". */
function graphFromJson(data: JsonObject, where: string, depth: number): Graph {
  if (depth > MAX_NESTING) {
    const outermost = where.slice(0, where.indexOf(".graph"));
    throw new DocumentError(`${outermost} holds blocks nested deeper than ${MAX_NESTING} levels; draw it flatter`);
  }
  const nodes = listIn(data, "nodes", where, MAX_NODES);
  const edges = listIn(data, "edges", where, MAX_EDGES);
  const prefix = where && `${where}.`;
  return {
    name: textIn(data, "name", where || "the document", UNTITLED),
    nodes: nodes.map((item, index) => nodeAt(item, `${prefix}nodes[${index}]`, depth)),
    edges: edges.map((item, index) => edgeFromJson(item, `${prefix}edges[${index}]`)),
    meta: optionalObject(data, "meta", where || "the document"),
    extra: others(data, ["schema", "name", "nodes", "edges", "meta"]),
  };
}

function nodeAt(value: Json | undefined, where: string, depth: number): Node {
  const data = objectIn(value, where);
  return {
    id: nameIn(data, "id", where),
    type: nameIn(data, "type", where),
    config: optionalObject(data, "config", where) ?? NOTHING,
    position: positionFromJson(data.get("position"), where),
    meta: optionalObject(data, "meta", where),
    extra: others(data, ["id", "type", "config", "position", "meta", "graph"]),
    graph: innerFromJson(data.get("graph"), `${where}.graph`, depth + 1),
  };
}

function innerFromJson(value: Json | undefined, where: string, depth: number): Graph | null {
  if (value === undefined || value === null) return null;
  const data = objectIn(value, where);
  const schema = data.get("schema") ?? SCHEMA;
  if (schema === SCHEMA) return graphFromJson(data, where, depth);
  throw new DocumentError(`${where}: "schema" says ${shown(schema)}; leave it out or make it "${SCHEMA}"`);
}

function innerToJson(graph: Graph): JsonObject {
  return new Map([...given({ name: graph.name === UNTITLED ? null : graph.name }), ...graphParts(graph)]);
}

function graphParts(graph: Graph): [string, Json][] {
  const parts: [string, Json][] = [
    ["nodes", graph.nodes.map(nodeToJson)],
    ["edges", graph.edges.map(edgeToJson)],
  ];
  return [...parts, ...given({ meta: graph.meta }), ...graph.extra];
}

function checkSize(where: string, graph: Graph): void {
  const [nodes, edges] = sizeOf(graph);
  for (const [count, kind, limit] of [[nodes, "nodes", MAX_NODES] as const, [edges, "edges", MAX_EDGES] as const]) {
    if (count <= limit) continue;
    throw new DocumentError(`${where} holds ${count} ${kind}, all blocks together; at most ${limit} are allowed`);
  }
}

function objectIn(value: Json | undefined, where: string): JsonObject {
  if (isObject(value)) return value;
  throw new DocumentError(`${where} must be an object, not ${kind(value)}`);
}

function listIn(data: JsonObject, key: string, where: string, limit: number): readonly Json[] {
  const value = data.has(key) ? data.get(key) : [];
  const named = where ? `${where}: "${key}"` : `"${key}"`;
  if (!isList(value)) throw new DocumentError(`${named} must be a list, not ${kind(value)}`);
  if (value.length <= limit) return value;
  throw new DocumentError(`${named} holds ${value.length} entries; at most ${limit} are allowed`);
}

function textIn(data: JsonObject, key: string, where: string, absent: string): string {
  const value = data.has(key) ? data.get(key) : absent;
  if (typeof value === "string") return value;
  throw new DocumentError(`${where}: "${key}" must be text, not ${kind(value)}`);
}

function nameIn(data: JsonObject, key: string, where: string): string {
  if (!data.has(key)) throw new DocumentError(`${where} has no "${key}"`);
  const value = data.get(key);
  if (typeof value === "string" && value) return value;
  throw new DocumentError(`${where}: "${key}" must be a non-empty text, not ${kind(value)}`);
}

function optionalName(data: JsonObject, key: string, where: string): string | null {
  return (data.get(key) ?? null) === null ? null : nameIn(data, key, where);
}

function optionalObject(data: JsonObject, key: string, where: string): JsonObject | null {
  const value = data.get(key) ?? null;
  return value === null ? null : objectIn(value, `${where}, "${key}"`);
}

function others(data: JsonObject, known: readonly string[]): JsonObject {
  const rest = [...data].filter(([key]) => !known.includes(key));
  return rest.length ? new Map(rest) : NOTHING;
}

function given(values: Readonly<Record<string, Json>>): [string, Json][] {
  return Object.entries(values).filter(([, value]) => value !== null);
}

function isCoordinate(value: Json | undefined): value is number {
  return typeof value === "number" && Math.abs(value) <= 1e9;
}

function kind(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  if (value === "") return "an empty text";
  if (isList(value)) return "a list";
  return KINDS.get(typeof value) ?? "an object";
}
