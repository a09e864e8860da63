/** A file somebody chose, read and checked by the engine before anything is sent. */

import { type Analysis, analyze, type Graph, parse } from "../blueprint/index.js";
import { documentOf } from "../canvas/wire.js";
import type { Plain } from "../gateway/graphql.js";

export interface Blueprint {
  readonly file: string;
  readonly graph: Graph;
  readonly document: Plain;
  readonly analysis: Analysis;
}

/** Throws DocumentError, one sentence, for what is no blueprint. */
export function blueprintOf(file: string, bytes: Uint8Array): Blueprint {
  const graph = parse(bytes);
  return { file, graph, document: documentOf(graph), analysis: analyze(graph) };
}
