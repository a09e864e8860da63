/**
 * What each node says on the canvas, from the graph at a path and the analysis of the whole.
 *
 * A card is the same object as before as long as it says the same, so that after an edit only what changed is drawn.
 */

import {
  type Analysis,
  type Edge,
  type Graph,
  type Int,
  type Issue,
  type Node,
  type NodeFigures,
  type Position,
  type Shape,
  type Tensor,
  text,
} from "../blueprint/index.js";
import { count } from "../format/figures.js";
import { HEIGHT, WIDTH } from "./geometry.js";
import { nameAt, type Path } from "./scope.js";
import { settingsText } from "./settingsText.js";
import { inputSockets, outputSockets, type Socket, widthFor } from "./sockets.js";

/** `waiting`: nothing is wrong with it, but with a node before it. */
export type CardState = "plain" | "error" | "warning" | "waiting" | "added" | "removed" | "changed";

export interface Card {
  readonly id: string;
  readonly type: string;
  readonly settings: string;
  /** Of the first output; of what enters where there is none; "" while unknown. */
  readonly shape: string;
  readonly params: string;
  readonly state: CardState;
  /** The first thing wrong of the worst kind there is, "" where nothing is. */
  readonly trouble: string;
  /** What is to be mended before this can be checked, "" where nothing is. */
  readonly waitsFor: string;
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
  let last: ReadonlyMap<string, Made> = new Map();
  return (graph, analysis, path) => {
    const drawn = new Drawn(graph, analysis, path);
    last = new Map(graph.nodes.map((node) => [node.id, made(last.get(node.id), drawn.ground(node))]));
    return new Map(Array.from(last, ([id, { card }]) => [id, card]));
  };
}

/** A card, and all it was made of. */
interface Made {
  readonly ground: Ground;
  readonly card: Card;
}

interface Ground {
  readonly node: Node;
  /** What comes out of it, or enters where nothing does. */
  readonly tensor: Tensor | undefined;
  readonly params: Int;
  /** Handles of edges, and outputs that are known; no handle holds a NUL. */
  readonly entering: string;
  readonly leaving: string;
  readonly known: string;
  readonly state: CardState;
  readonly trouble: string;
  readonly waitsFor: string;
}

function made(before: Made | undefined, ground: Ground): Made {
  if (before && sameGround(before.ground, ground)) return before;
  const card = cardOn(ground);
  return { ground, card: before && same(before.card, card) ? before.card : card };
}

function sameGround(one: Ground, other: Ground): boolean {
  return (Object.keys(one) as (keyof Ground)[]).every((key) => one[key] === other[key]);
}

function cardOn({ node, tensor, params, entering, leaving, known, state, trouble, waitsFor }: Ground): Card {
  const inputs = inputSockets(node, listOf(entering));
  const outputs = outputSockets(node, listOf(leaving), listOf(known));
  return {
    id: node.id,
    type: node.type,
    settings: settingsText(node),
    shape: tensor ? shapeText(tensor.shape) : "",
    params: params > 0 ? count(params) : "",
    ...{ state, trouble, waitsFor },
    holds: node.graph?.nodes.length ?? null,
    ...{ inputs, outputs, width: Math.max(WIDTH, widthFor(inputs), widthFor(outputs)), height: HEIGHT },
    position: node.position,
  };
}

function listOf(handles: string): readonly string[] {
  return handles === "" ? [] : handles.split("\0");
}

/** "B × 32 × 8 × 8"; a single number is "scalar". */
export function shapeText(shape: Shape): string {
  return shape.length === 0 ? "scalar" : shape.map(text).join(" × ");
}

/** What each node gives first, for a picture of the whole. */
export function shapesOf({ nodes }: Analysis): ReadonlyMap<string, string> {
  const shapes = new Map<string, string>();
  for (const [id, { outputs }] of nodes) {
    const [first] = outputs.values();
    if (first) shapes.set(id, shapeText(first.shape));
  }
  return shapes;
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

  ground(node: Node): Ground {
    const figures = this.figures(node.id);
    const entering = this.entering.get(node.id) ?? [];
    const issues = this.issues.get(node.id) ?? [];
    return {
      node,
      tensor: this.tensor(figures, entering[0]),
      params: figures?.params ?? 0,
      entering: entering.map((edge) => edge.targetHandle ?? "").join("\0"),
      leaving: this.leaving.get(node.id)?.join("\0") ?? "",
      known: figures ? [...figures.outputs.keys()].join("\0") : "",
      ...standingOf(issues),
    };
  }

  private figures(id: string): NodeFigures | undefined {
    return this.analysis.nodes.get(nameAt(this.path, id));
  }

  private tensor(figures: NodeFigures | undefined, entering: Edge | undefined): Tensor | undefined {
    const [own] = figures?.outputs.values() ?? [];
    const given = entering && this.figures(entering.source)?.outputs.get(entering.sourceHandle ?? "");
    return own ?? (figures ? given : undefined);
  }
}

const KINDS: readonly (readonly [CardState, (issue: Issue) => boolean])[] = [
  ["error", ({ severity, code }) => severity === "error" && code !== "upstream"],
  ["waiting", ({ code }) => code === "upstream"],
  ["warning", () => true],
];

function standingOf(issues: readonly Issue[]): Pick<Ground, "state" | "trouble" | "waitsFor"> {
  for (const [state, isOne] of KINDS) {
    const issue = issues.find(isOne);
    if (issue) return { state, trouble: issue.message, waitsFor: state === "waiting" ? causeOf(issue) : "" };
  }
  return { state: "plain", trouble: "", waitsFor: "" };
}

/** Its hint is "mend `conv` first". */
function causeOf({ hint }: Issue): string {
  return /`([^`]*)`/.exec(hint ?? "")?.[1] ?? "a node before it";
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
