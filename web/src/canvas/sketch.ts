/** A document as the gateway gives it, read as far as a picture needs it, without the engine. */

import type { Position } from "../blueprint/index.js";
import type { Sketch } from "./picture.js";

type Found = { readonly [name: string]: unknown };

/** Null for what has not the form of a document; a graph of the engine is one. */
export function sketchOf(document: unknown): Sketch | null {
  if (!isObject(document) || !Array.isArray(document.nodes) || !Array.isArray(document.edges)) return null;
  const [nodes, edges] = [document.nodes.flatMap(nodeOf), document.edges.flatMap(edgeOf)];
  const whole = nodes.length === document.nodes.length && edges.length === document.edges.length;
  return whole ? { name: textOf(document.name), nodes, edges } : null;
}

function nodeOf(node: unknown): Sketch["nodes"] {
  if (!isObject(node) || typeof node.id !== "string" || typeof node.type !== "string") return [];
  const { id, type, graph } = node;
  return [{ id, type, position: placeOf(node.position), graph: isObject(graph) ? graph : null }];
}

function edgeOf(edge: unknown): Sketch["edges"] {
  if (!isObject(edge) || typeof edge.source !== "string" || typeof edge.target !== "string") return [];
  return [{ source: edge.source, target: edge.target }];
}

function placeOf(place: unknown): Position | null {
  return isObject(place) && Number.isFinite(place.x) && Number.isFinite(place.y)
    ? (place as unknown as Position)
    : null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isObject(value: unknown): value is Found {
  return typeof value === "object" && value !== null;
}
