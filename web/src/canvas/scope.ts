/** The graph a person looks at: the whole drawing, or the inside of a Block, reached by the ids on the way. */

import { type Edit, graph as emptyGraph, type Graph, within } from "../blueprint/index.js";

/** Ids of Blocks from the outermost in; empty is the whole drawing. */
export type Path = readonly string[];

const EMPTY = emptyGraph();

/** The graph at a path, null where a Block on the way is gone. */
export function graphAt(graph: Graph, path: Path): Graph | null {
  let here: Graph | null = graph;
  for (const id of path) {
    const block: Graph["nodes"][number] | undefined = here.nodes.find((node) => node.id === id);
    if (!block) return null;
    here = block.graph ?? EMPTY;
  }
  return here;
}

/** Edits of the graph at a path, as edits of the whole. */
export function editsAt(path: Path, edits: readonly Edit[]): readonly Edit[] {
  return path.reduceRight<readonly Edit[]>((inner, id) => [within(id, inner)], edits);
}

/** How analysis and issues name a node: `b/c1`. */
export function nameAt(path: Path, id: string): string {
  return [...path, id].join("/");
}

/** The path to a node's graph and its own id, from its name. */
export function placeOf(name: string): { path: Path; id: string } {
  const parts = name.split("/");
  return { path: parts.slice(0, -1), id: parts.at(-1) as string };
}
