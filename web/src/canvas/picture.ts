/**
 * A network as a picture, without a page to be on: thumbnails are drawn from it, and files for people to keep.
 *
 * Nodes stand where the canvas has them, coloured by the category of their layer and marked with its mark; what is drawn
 * of a large network is a fair share of its nodes. It works without the engine, which first pages do not load.
 */

import { type CategoryLook, lookOf } from "./categories.js";
import { folded, type Rectangle } from "./folding.js";
import { HEIGHT, WIDTH } from "./geometry.js";
import { linesOf, type Pen } from "./pictureLines.js";
import { closePlaces, type Placed } from "./places.js";

/** What a picture shows of a network; the engine's graphs are such, and documents as `sketchOf` reads them. */
export interface Sketch extends Placed {
  readonly name: string;
  readonly nodes: readonly (Placed["nodes"][number] & { readonly type: string; readonly graph: object | null })[];
}

export interface PictureOptions {
  /** What is written of a node's output, by the node's id. */
  readonly shapes?: ReadonlyMap<string, string>;
  /** Free space around, in pixels of the canvas. */
  readonly padding?: number;
  /** Width through height of where it will be shown: long networks are folded to fill it, small ones stay small. */
  readonly aspect?: number;
}

export interface Box extends Rectangle {
  readonly id: string;
  readonly type: string;
  readonly look: CategoryLook;
  /** Of the first output, "" where it is unknown or was not given. */
  readonly shape: string;
  /** Whether it is a Block of nodes. */
  readonly holds: boolean;
}

export interface Picture {
  readonly name: string;
  /** What of the plane is shown. */
  readonly view: Rectangle;
  readonly boxes: readonly Box[];
  /** Paths of lines; none where so many nodes are left out that lines would mislead. */
  readonly wires: readonly string[];
}

const PADDING = 40;
const NONE: ReadonlyMap<string, string> = new Map();
const MOST_BOXES = 1000;
/** The least height of a picture made for a place, so that three nodes do not fill it. */
const LEAST = 6 * HEIGHT;

export function picture(graph: Sketch, options: PictureOptions = {}): Picture {
  const { shapes = NONE, padding = PADDING, aspect } = options;
  const places = boxesOf(graph, shapes);
  const across = flowsAcross(graph, places);
  const turned = across ? places.map(turn) : places;
  const strips = aspect ? folded(turned, across ? 1 / aspect : aspect) : turned.map((box) => ({ ...box, strip: 0 }));
  const lines = places.length < graph.nodes.length ? [] : linesOf(graph.edges, byId(strips), across ? ACROSS : DOWN);
  const boxes = across ? strips.map(turn) : strips;
  return { name: graph.name, view: viewOf(boxes, padding, aspect), boxes, wires: lines };
}

const DOWN: Pen = (x, y) => `${Math.round(x)} ${Math.round(y)}`;
const ACROSS: Pen = (x, y) => DOWN(y, x);

function boxesOf(graph: Sketch, shapes: ReadonlyMap<string, string>): Box[] {
  const places = closePlaces(graph);
  const step = Math.ceil(graph.nodes.length / MOST_BOXES);
  const drawn = graph.nodes.filter((_, at) => at % step === 0);
  return drawn.map(({ id, type, graph: inner }) => {
    const shape = shapes.get(id) ?? "";
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    return { id, type, look: lookOf(type), shape, holds: inner !== null, x, y, width: WIDTH, height: HEIGHT };
  });
}

/** Whether most data flows from left to right. */
function flowsAcross(graph: Sketch, boxes: readonly Box[]): boolean {
  const places = byId(boxes);
  let [across, down] = [0, 0];
  for (const { source, target } of graph.edges) {
    const [from, to] = [places.get(source), places.get(target)];
    if (!from || !to) continue;
    if (to.x - from.x >= WIDTH && Math.abs(to.y - from.y) <= to.x - from.x) across += 1;
    else if (to.y > from.y) down += 1;
  }
  return across > down;
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}

function turn<Item extends Rectangle>(box: Item): Item {
  return { ...box, x: box.y, y: box.x, width: box.height, height: box.width };
}

function viewOf(boxes: readonly Rectangle[], padding: number, aspect: number | undefined): Rectangle {
  const first = { x: 0, y: 0, right: 0, bottom: 0, ...(boxes[0] && { ...edges(boxes[0]) }) };
  const all = boxes.map(edges).reduce(
    (all, box) => ({
      x: Math.min(all.x, box.x),
      y: Math.min(all.y, box.y),
      right: Math.max(all.right, box.right),
      bottom: Math.max(all.bottom, box.bottom),
    }),
    first,
  );
  const [width, height] = [all.right - all.x + 2 * padding, all.bottom - all.y + 2 * padding];
  const least = aspect ? { width: LEAST * aspect, height: LEAST } : { width: 0, height: 0 };
  const [wide, high] = [Math.max(width, least.width), Math.max(height, least.height)];
  return {
    x: all.x - padding - (wide - width) / 2,
    y: all.y - padding - (high - height) / 2,
    width: wide,
    height: high,
  };
}

function edges({ x, y, width, height }: Rectangle) {
  return { x, y, right: x + width, bottom: y + height };
}
