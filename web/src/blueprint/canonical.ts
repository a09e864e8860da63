/**
 * The canonical form of a graph: its content alone, in one spelling, so that equal networks hash equally.
 *
 * Content is nodes (id, type, config, graph) and edges (ends, handles); names, positions, `meta` and edge ids are
 * dress. Types are written by their catalogue names, with the settings that another name implied, and omitted handles
 * are written out, inside Blocks too.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { ALIASES } from "./catalogue.js";
import { encode, type Json, type JsonObject, objectOf } from "./codec.js";
import { type Edge, type Graph, type Node, SCHEMA } from "./document.js";
import { Ports } from "./ports.js";
import { spelled } from "./spelling.js";
import { compareText } from "./text.js";

/** The canonical JSON bytes of a graph's content. */
export function canonical(graph: Graph): Uint8Array {
  return encode(new Map<string, Json>([["schema", SCHEMA], ...graphContent(withHandles(graph))]));
}

/** SHA-256 of the canonical bytes, in hexadecimal. */
export function contentHash(graph: Graph): string {
  return bytesToHex(sha256(canonical(graph)));
}

/** What of a graph with handles written is content, in canonical order. */
export function graphContent(graph: Graph): JsonObject {
  const nodes = graph.nodes.map((node): Entry => [[node.id], nodeContent(node)]);
  const edges = graph.edges.map((edge): Entry => [[edge.target, edge.targetHandle ?? ""], edgeContent(edge)]);
  return new Map<string, Json>([["nodes", ordered(nodes)], ["edges", ordered(edges)], ...graph.extra]);
}

/** What of a node is content; what it holds has its handles written. */
export function nodeContent(node: Node): JsonObject {
  const inner: [string, Json][] = node.graph ? [["graph", graphContent(node.graph)]] : [];
  return new Map<string, Json>([
    ["id", node.id],
    ["type", node.type],
    ["config", node.config],
    ...inner,
    ...node.extra,
  ]);
}

/** What of an edge is content. */
export function edgeContent(edge: Edge): JsonObject {
  return new Map<string, Json>([
    ["source", edge.source],
    ["target", edge.target],
    ["source_handle", edge.sourceHandle],
    ["target_handle", edge.targetHandle],
    ...edge.extra,
  ]);
}

/**
 * The same graph with every node `named` and every omitted handle written where its node is known.
 *
 * What needs no change is the same object as before.
 */
export function withHandles(graph: Graph): Graph {
  const nodes = graph.nodes.map(named);
  const byId = new Map([...nodes].reverse().map((node) => [node.id, node]));
  const ports = new Ports(graph.edges);
  const edges = graph.edges.map((edge) => {
    const completed = ports.completed(edge, byId);
    if (completed !== edge) ports.enter(completed);
    return completed;
  });
  return same(nodes, graph.nodes) && same(edges, graph.edges) ? graph : { ...graph, nodes, edges };
}

/** The node under the catalogue's name of its type, implied settings and inner handles written. */
export function named(node: Node): Node {
  const graph = node.graph && withHandles(node.graph);
  const alias = Object.hasOwn(ALIASES, node.type) ? ALIASES[node.type] : undefined;
  if (!alias) return graph === node.graph ? node : { ...node, graph };
  const [type, implied] = alias;
  return { ...node, type, config: new Map([...objectOf(implied), ...node.config]), graph };
}

type Entry = readonly [key: readonly string[], content: JsonObject];

/** Contents by key; those of one key, which a valid graph has not, by their own spelling. */
function ordered(entries: readonly Entry[]): readonly Json[] {
  const sorted = [...entries].sort(([a, one], [b, other]) => {
    return compareKeys(a, b) || compareText(spelled(one), spelled(other));
  });
  return sorted.map(([, content]) => content);
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((text, index) => text !== b[index]);
  return differs < 0 ? 0 : compareText(a[differs] as string, b[differs] as string);
}

function same<Item>(now: readonly Item[], before: readonly Item[]): boolean {
  return now.every((item, index) => item === before[index]);
}
