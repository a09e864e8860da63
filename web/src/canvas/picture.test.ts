import { describe, expect, it } from "vitest";
import { ALIASES } from "../blueprint/catalogue.js";
import { analyze, edge, type Graph, graph, LAYERS, layerOf, node } from "../blueprint/index.js";
import { shapesOf } from "./cards.js";
import { CATEGORIES, type Category, lookOf } from "./categories.js";
import { hexOf } from "./colours.js";
import { type Box, picture, type Sketch } from "./picture.js";
import { pictureSvg } from "./pictureSvg.js";
import { sketchOf } from "./sketch.js";
import { documentOf } from "./wire.js";

const TYPES = ["Input", "Conv2d", "BatchNorm2d", "ReLU"];

/** Nodes one below another, or beside another. */
function chain(length: number, step = { x: 0, y: 96 }, placed = true): Graph {
  const nodes = Array.from({ length }, (_, at) =>
    node(`n${at}`, TYPES[at % TYPES.length] as string, {
      position: placed ? { x: at * step.x, y: at * step.y } : null,
    }),
  );
  const links = nodes.slice(1).map(({ id }, at) => edge(`n${at}`, id));
  return graph({ name: "chain", nodes, edges: links });
}

function at(boxes: readonly Box[], id: string): Box {
  return boxes.find((box) => box.id === id) as Box;
}

function overlaps(boxes: readonly Box[]): number {
  const meet = (one: Box, other: Box) =>
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height;
  return boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) => meet(one, other))).length;
}

describe("what a picture shows", () => {
  it("has nodes where the canvas has them, all in view", () => {
    const { boxes, view } = picture(chain(3), { padding: 10 });
    expect(boxes.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [0, 96],
      [0, 192],
    ]);
    expect(view).toEqual({ x: -10, y: -10, width: 212, height: 276 });
  });

  it("reads a document as well as a graph", () => {
    const document = { schema: "neuralforge.blueprint/1", name: "one", nodes: [{ id: "a", type: "ReLU" }], edges: [] };
    const drawn = picture(sketchOf(document) as Sketch);
    expect(drawn.boxes).toMatchObject([{ id: "a", type: "ReLU", look: CATEGORIES.activation }]);
    expect(picture(sketchOf(documentOf(chain(3))) as Sketch)).toEqual(picture(chain(3)));
  });

  it.each([null, 7, {}, { nodes: [] }, { nodes: [{ id: 1, type: "ReLU" }], edges: [] }, { nodes: [], edges: [null] }])(
    "knows nothing of %j, which is no document",
    (other) => expect(sketchOf(other)).toBeNull(),
  );

  it("puts what has a place that is none in rows", () => {
    const odd = { nodes: [{ id: "a", type: "ReLU", position: { x: "left", y: null } }], edges: [] };
    expect(picture(sketchOf(odd) as Sketch).boxes).toMatchObject([{ x: 0, y: 0 }]);
  });

  it("is empty for a network without nodes", () => {
    expect(picture(graph()).boxes).toEqual([]);
    expect(pictureSvg(graph())).toContain("<svg");
  });

  it("puts nodes without a place in rows as data flows, side by side where nothing orders them", () => {
    const split = graph({
      nodes: ["in", "left", "right", "sum"].map((id) => node(id, "ReLU")),
      edges: [edge("in", "left"), edge("in", "right"), edge("left", "sum"), edge("right", "sum")],
    });
    const { boxes } = picture(split);
    const [first, left, right, last] = ["in", "left", "right", "sum"].map((id) => at(boxes, id)) as [
      Box,
      Box,
      Box,
      Box,
    ];
    expect([first.y < left.y, left.y === right.y, right.y < last.y]).toEqual([true, true, true]);
    expect(overlaps(boxes)).toBe(0);
  });

  it("ends for circles, repeated ids, edges to nowhere and places a million miles apart", () => {
    const odd = graph({
      nodes: [
        node("a", "ReLU", { position: { x: -1e9, y: 0 } }),
        node("b", "Nothing", { position: { x: 1e9, y: 1e9 } }),
        node("b", "ReLU"),
      ],
      edges: [edge("a", "b"), edge("b", "a"), edge("a", "a"), edge("a", "gone")],
    });
    const { view } = picture(odd, { aspect: 1.5 });
    expect(view.width).toBeLessThan(10_000);
    expect(lookOf("Nothing").hue).toBeNull();
  });

  it("tells the shapes where they are asked for", () => {
    const tiny = graph({
      nodes: [
        node("in", "Input", { config: new Map([["shape", ["B", 1, 8, 8]]]) }),
        node("flat", "Flatten"),
        node("out", "Output"),
      ],
      edges: [edge("in", "flat"), edge("flat", "out")],
    });
    expect(at(picture(tiny, { shapes: shapesOf(analyze(tiny)) }).boxes, "flat").shape).toBe("B × 64");
    expect(at(picture(tiny).boxes, "flat").shape).toBe("");
  });
});

describe("lines", () => {
  it("lead from below to above, or from the right to the left", () => {
    expect(picture(chain(2)).wires).toEqual(["M96 64C96 80 96 80 96 96"]);
    expect(picture(chain(2, { x: 256, y: 0 })).wires).toEqual(["M192 32C224 32 224 32 256 32"]);
  });

  it("go round what stands between", () => {
    const skip = { ...chain(3), edges: [...chain(3).edges, edge("n0", "n2")] };
    const xs = [...(picture(skip).wires.at(-1) as string).matchAll(/[MCL ](-?\d+) -?\d+/g)].map(([, x]) => Number(x));
    expect(Math.max(...xs)).toBeGreaterThan(192);
  });
});

describe("long networks", () => {
  it("are folded to fill the place they are shown at", () => {
    const { boxes, view } = picture(chain(40), { aspect: 1.6 });
    expect(overlaps(boxes)).toBe(0);
    expect(view.width / view.height).toBeGreaterThan(0.8);
    expect(view.width / view.height).toBeLessThan(3.2);
  });

  it("are folded downwards where they flow across", () => {
    const { boxes, view } = picture(chain(40, { x: 256, y: 0 }), { aspect: 1 });
    expect(overlaps(boxes)).toBe(0);
    expect(view.width / view.height).toBeLessThan(2);
  });

  it("keep their form where no place was named, and where folding gains nothing", () => {
    expect(new Set(picture(chain(40)).boxes.map(({ x }) => x)).size).toBe(1);
    expect(new Set(picture(chain(3), { aspect: 1.6 }).boxes.map(({ x }) => x)).size).toBe(1);
  });

  it("are thinned out beyond a thousand nodes, without lines that would mislead", () => {
    const { boxes, wires } = picture(chain(5000, { x: 0, y: 96 }, false), { aspect: 1.6 });
    expect(boxes.length).toBeLessThanOrEqual(1000);
    expect(wires).toEqual([]);
  });
});

describe("files", () => {
  it("are well-formed whatever a node is called", () => {
    const hostile = '<img src=x onerror="alert(1)">\u0000\ud800&';
    const svg = pictureSvg(graph({ name: hostile, nodes: [node(hostile, hostile)] }), { theme: "dark" });
    expect(svg).not.toContain("<img");
    expect(svg).not.toContain("\u0000");
    expect(svg).toContain("&lt;img");
    expect(svg).not.toContain("\ud800");
  });

  it("write type, id and shape, or none of them", () => {
    expect(pictureSvg(chain(2))).toContain(">Conv2d</text>");
    expect(pictureSvg(chain(2), { labels: false })).not.toContain("<text");
  });

  it("have colours that every program knows", () => {
    expect(hexOf(1, 0, 0)).toBe("#ffffff");
    expect(hexOf(0.62796, 0.25768, 29.234)).toBe("#ff0000");
    expect(pictureSvg(chain(2))).not.toContain("oklch");
  });
});

describe("categories", () => {
  it("differ in hue and in mark", () => {
    const looks = Object.values(CATEGORIES);
    expect(new Set(looks.map(({ hue }) => hue)).size).toBe(looks.length);
    expect(new Set(looks.map(({ mark }) => mark)).size).toBe(looks.length);
  });

  it("are those of the catalogue, for each name that a layer has", () => {
    for (const name of [...LAYERS.keys(), ...Object.keys(ALIASES)]) {
      const layer = layerOf(name);
      if (layer) expect(lookOf(name)).toBe(CATEGORIES[layer.category as Category]);
    }
    expect(new Set([...LAYERS.values()].map(({ category }) => category))).toEqual(new Set(Object.keys(CATEGORIES)));
  });
});
