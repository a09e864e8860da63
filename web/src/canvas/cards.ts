/**
 * What each node says on the canvas, from the graph at a path and the analysis of the whole.
 *
 * A card is the same object as before as long as it says the same, so that after an edit only what changed is drawn.
 */

import {
  type Analysis,
  type Edge,
  type Graph,
  type Issue,
  type Node,
  type NodeFigures,
  type Position,
  type Shape,
  text,
} from "../blueprint/index.js";
import { count } from "../format/figures.js";
import { HEIGHT, WIDTH } from "./geometry.js";
import { nameAt, type Path } from "./scope.js";
import { settingsText } from "./settingsText.js";
import { inputSockets, outputSockets, type Socket, widthFor } from "./sockets.js";

export type CardState = "plain" | "error" | "warning" | "added" | "removed" | "changed";

export interface Card {
  readonly id: string;
  readonly type: string;
  readonly settings: string;
  /** Of the first output; of what enters where there is none; "" while unknown. */
  readonly shape: string;
  readonly params: string;
  readonly state: CardState;
  /** The first thing wrong, "" where nothing is. */
  readonly trouble: string;
  /** How many nodes a Block holds, null for others. */
  readonly holds: number | null;
  readonly inputs: readonly Socket[];
  readonly outputs: readonly Socket[];
  readonly width: number;
  readonly height: number;
  readonly position: Position | null;
}

export type Cards = ReadonlyMap<string, Card>;

/** A function from what is drawn to its cards, by node id; it remembers the last ones. */
export function cardMaker(): (graph: Graph, analysis: Analysis, path: Path) => Cards {
  let last: Cards = new Map();
  return (graph, analysis, path) => {
    const drawn = new Drawn(graph, analysis, path);
    last = new Map(graph.nodes.map((node) => [node.id, kept(last.get(node.id), drawn.card(node))]));
    return last;
  };
}

/** "B × 32 × 8 × 8"; a single number is "scalar". */
export function shapeText(shape: Shape): string {
  return shape.length === 0 ? "scalar" : shape.map(text).join(" × ");
}

/** Issues by the node of this graph they concern; what is wrong inside a Block concerns the Block. */
export function issuesAt(issues: readonly Issue[], path: Path): ReadonlyMap<string, readonly Issue[]> {
  const prefix = path.map((id) => `${id}/`).join("");
  const found = new Map<string, Issue[]>();
  for (const issue of issues) {
    if (!issue.node?.startsWith(prefix)) continue;
    const id = issue.node.slice(prefix.length).split("/", 1)[0] as string;
    found.set(id, [...(found.get(id) ?? []), issue]);
  }
  return found;
}

/** One state of a graph, with tables to find things at once. */
class Drawn {
  private readonly entering = new Map<string, Edge[]>();
  private readonly leaving = new Map<string, string[]>();
  private readonly issues: ReadonlyMap<string, readonly Issue[]>;

  constructor(
    graph: Graph,
    private readonly analysis: Analysis,
    private readonly path: Path,
  ) {
    this.issues = issuesAt(analysis.issues, path);
    for (const edge of graph.edges) {
      listIn(this.entering, edge.target).push(edge);
      listIn(this.leaving, edge.source).push(edge.sourceHandle ?? "");
    }
  }

  card(node: Node): Card {
    const figures = this.figures(node.id);
    const entering = this.entering.get(node.id) ?? [];
    const issues = this.issues.get(node.id) ?? [];
    const inputs = inputSockets(
      node,
      entering.map((edge) => edge.targetHandle ?? ""),
    );
    const outputs = outputSockets(node, this.leaving.get(node.id) ?? [], [...(figures?.outputs.keys() ?? [])]);
    return {
      id: node.id,
      type: node.type,
      settings: settingsText(node),
      shape: this.shape(figures, entering[0]),
      params: figures && figures.params > 0 ? count(figures.params) : "",
      ...{ state: stateOf(issues), trouble: issues[0]?.message ?? "" },
      holds: node.graph?.nodes.length ?? null,
      ...{ inputs, outputs, width: Math.max(WIDTH, widthFor(inputs), widthFor(outputs)), height: HEIGHT },
      position: node.position,
    };
  }

  private figures(id: string): NodeFigures | undefined {
    return this.analysis.nodes.get(nameAt(this.path, id));
  }

  private shape(figures: NodeFigures | undefined, entering: Edge | undefined): string {
    const [own] = figures?.outputs.values() ?? [];
    const given = entering && this.figures(entering.source)?.outputs.get(entering.sourceHandle ?? "");
    const tensor = own ?? (figures ? given : undefined);
    return tensor ? shapeText(tensor.shape) : "";
  }
}

function stateOf(issues: readonly Issue[]): CardState {
  if (issues.some(({ severity }) => severity === "error")) return "error";
  return issues.length > 0 ? "warning" : "plain";
}

/** The old card where it says the same. */
function kept(before: Card | undefined, card: Card): Card {
  return before && same(before, card) ? before : card;
}

function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  const keys = Object.keys(one) as (keyof typeof one)[];
  return keys.length === Object.keys(other).length && keys.every((key) => same(one[key], other[key]));
}

function listIn<Item>(table: Map<string, Item[]>, key: string): Item[] {
  const list = table.get(key) ?? [];
  table.set(key, list);
  return list;
}
