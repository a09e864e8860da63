/** The analysis of each state looked at, worked out once. */

import { type Analysis, analyze, type Graph } from "../blueprint/index.js";

const known = new WeakMap<Graph, Analysis>();

export function analysisOf(graph: Graph): Analysis {
  let analysis = known.get(graph);
  if (!analysis) {
    analysis = analyze(graph);
    known.set(graph, analysis);
  }
  return analysis;
}
