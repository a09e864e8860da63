import { expect, test } from "vitest";
import { apply, configure, edge, type Graph, graph, node, objectOf } from "../blueprint/index.js";
import { documentOf, plainEdits } from "../canvas/wire.js";
import { type Archive, type Moment, Timeline } from "./timeline.js";

const START = graph({
  nodes: [node("in", "Input", { config: objectOf([["shape", ["B", 8]]]) }), node("a", "Linear"), node("out", "Output")],
  edges: [edge("in", "a"), edge("a", "out")],
});

/** A log of so many revisions, each of which makes the layer one wider, and what was asked of it. */
function log(revisions: number, page = 10) {
  const states: Graph[] = [START];
  const moments: Moment[] = [told(1, [])];
  for (let revision = 2; revision <= revisions; revision++) {
    const edits = [configure("a", objectOf([["out_features", revision]]))];
    states.push(apply(states.at(-1) as Graph, edits));
    moments.unshift(told(revision, edits));
  }
  const asked: string[] = [];
  const archive: Archive = {
    async moments(after) {
      asked.push(`moments ${after}`);
      const from = Number(after || 0);
      const next = from + page < moments.length ? String(from + page) : null;
      return { moments: moments.slice(from, from + page), next };
    },
    async document(revision) {
      asked.push(`document ${revision}`);
      return documentOf(states[revision - 1] as Graph);
    },
  };
  return { archive, asked, moments };
}

function told(revision: number, edits: ReturnType<typeof configure>[]): Moment {
  const at = new Date(revision * 1000).toISOString();
  return { revision, at, author: "ann", summary: "", edits: plainEdits(edits), saved: null };
}

const width = (graph: Graph | null) => graph?.nodes.find(({ id }) => id === "a")?.config.get("out_features");

test("states between fetched ones are replayed from the log", async () => {
  const { archive, asked } = log(40);
  const timeline = new Timeline(archive);
  await timeline.reach(40, 1);
  expect(width(await timeline.fetch(40))).toBe(40);
  expect(width(timeline.at(17))).toBe(17);
  expect(asked.filter((each) => each.startsWith("document"))).toEqual(["document 1"]);
});

test("far along the log a document near by is fetched, not the first", async () => {
  const { archive, asked } = log(200, 200);
  const timeline = new Timeline(archive);
  await timeline.reach(200, 1);
  expect(width(await timeline.fetch(150))).toBe(150);
  expect(width(timeline.at(190))).toBe(190);
  expect(asked).toEqual(["moments ", "document 129"]);
});

test("where the log is not read yet the state itself is fetched", async () => {
  const { archive, asked } = log(100);
  const timeline = new Timeline(archive);
  await timeline.reach(100, 95);
  expect(width(await timeline.fetch(30))).toBe(30);
  expect(timeline.at(29)).toBeNull();
  expect(asked).toEqual(["moments ", "document 30"]);
});

test("the log is read no further down than asked, and from its head when it grew", async () => {
  const { archive, asked, moments } = log(60);
  const timeline = new Timeline(archive);
  await timeline.reach(60, 35);
  expect(asked).toEqual(["moments ", "moments 10", "moments 20"]);
  await timeline.reach(60, 35);
  expect(asked).toHaveLength(3);
  moments.unshift(...Array.from({ length: 12 }, (_, at) => told(72 - at, [])));
  await timeline.reach(72, 35);
  expect(asked.slice(3)).toEqual(["moments ", "moments 10"]);
  expect(timeline.state.getState().moments.size).toBe(42);
});

test("what cannot be read is told, and read when asked again", async () => {
  const { archive } = log(5);
  let fails = true;
  const broken: Archive = {
    ...archive,
    moments: (after) => (fails ? Promise.reject(new Error("no connection")) : archive.moments(after)),
  };
  const timeline = new Timeline(broken);
  await timeline.reach(5, 1);
  expect(timeline.state.getState().trouble).toEqual(new Error("no connection"));
  fails = false;
  await timeline.reach(5, 1);
  expect(timeline.state.getState().trouble).toBeNull();
  expect([...timeline.state.getState().moments.keys()]).toEqual([5, 4, 3, 2, 1]);
});
