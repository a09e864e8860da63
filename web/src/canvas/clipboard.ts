/** Copying and pasting nodes, as a document of their own: what is pasted may come from another drawing, or a file. */

import { addNode, connect, type Edit, type Graph, graph as graphOf, type Node, parse } from "../blueprint/index.js";
import { COLUMN, HEIGHT, WIDTH } from "./geometry.js";
import { uniqueId } from "./naming.js";
import { placesOf } from "./places.js";
import { documentOf } from "./wire.js";

export interface Pasted {
  readonly ids: readonly string[];
  readonly edits: readonly Edit[];
}

/** The nodes and the edges between them, as the text of a document. */
export function copied(graph: Graph, ids: readonly string[]): string {
  return JSON.stringify(documentOf(part(graph, ids)));
}

/** The edits that draw a document's nodes beside what is there. Throws DocumentError. */
export function pasting(graph: Graph, text: string): Pasted {
  return drawnAgain(graph, parse(text));
}

/** The edits that draw nodes a second time. */
export function duplicating(graph: Graph, ids: readonly string[]): Pasted {
  return drawnAgain(graph, part(graph, ids));
}

function part(graph: Graph, ids: readonly string[]): Graph {
  const chosen = new Set(ids);
  const places = placesOf(graph);
  const nodes = graph.nodes.filter(({ id }) => chosen.has(id));
  const edges = graph.edges.filter(({ source, target }) => chosen.has(source) && chosen.has(target));
  return graphOf({ nodes: nodes.map((node) => ({ ...node, position: places.get(node.id) ?? null })), edges });
}

function drawnAgain(graph: Graph, drawn: Graph): Pasted {
  const taken = new Set(graph.nodes.map(({ id }) => id));
  const names = new Map<string, string>();
  for (const { id } of drawn.nodes) {
    const name = uniqueId(id, taken);
    taken.add(name);
    names.set(id, name);
  }
  const shift = shiftOf(graph, drawn);
  const places = placesOf(drawn);
  const nodes = drawn.nodes.map((node): Node => {
    const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
    return { ...node, id: names.get(node.id) as string, position: { x: x + shift, y } };
  });
  const edges = drawn.edges.flatMap((edge) => {
    const [source, target] = [names.get(edge.source), names.get(edge.target)];
    return source === undefined || target === undefined ? [] : [{ ...edge, source, target }];
  });
  return { ids: nodes.map(({ id }) => id), edits: [...nodes.map(addNode), ...edges.map(connect)] };
}

/** Far enough to the right that nothing pasted covers a node. */
function shiftOf(graph: Graph, drawn: Graph): number {
  const taken = new Map<number, number[]>();
  for (const { x, y } of placesOf(graph).values()) {
    for (const row of rowsOf(y)) taken.set(row, [...(taken.get(row) ?? []), x]);
  }
  const covers = (shift: number) =>
    [...placesOf(drawn).values()].some(({ x, y }) =>
      rowsOf(y).some((row) => taken.get(row)?.some((other) => Math.abs(other - x - shift) < WIDTH)),
    );
  let shift = 0;
  while (covers(shift)) shift += COLUMN;
  return shift;
}

/** The rows of the grid that a node at this height touches. */
function rowsOf(y: number): readonly number[] {
  const first = Math.floor(y / HEIGHT);
  return y === first * HEIGHT ? [first] : [first, first + 1];
}
