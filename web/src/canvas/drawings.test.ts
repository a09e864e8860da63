// @vitest-environment happy-dom
/** Which drawings a tab has open, and what it takes up of pages that are gone. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { graph, node, objectOf, removeNode } from "../blueprint/index.js";
import { Refusal } from "../gateway/outcome.js";
import { leaveDrawing, openDrawing } from "./drawings.js";
import type { Left } from "./keeping.js";
import type { Remote } from "./remote.js";
import { Memory, Service, Way } from "./service.testing.js";
import { keptBatches, plainEdits } from "./wire.js";

const START = graph({ nodes: [node("a", "ReLU"), node("b", "ReLU"), node("c", "ReLU")], extra: objectOf({}) });

const tab = vi.hoisted(() => ({ way: null as unknown as Remote, left: [] as Left[], kept: null as unknown }));
vi.mock("./remote.js", () => {
  const remote: Remote = {
    load: (id) => tab.way.load(id),
    apply: (...given) => tab.way.apply(...given),
    save: (...given) => tab.way.save(...given),
    listen: (...given) => tab.way.listen(...given),
  };
  return { remote };
});
vi.mock("./keeping.js", () => ({
  leftBehind: async () => tab.left,
  placeHere: () => new Memory(),
  kept: async () => tab.kept,
}));

let service: Service;
let way: Way;
let id = "";

beforeEach(() => {
  vi.useFakeTimers();
  service = new Service(START);
  way = new Way(service);
  Object.assign(tab, { way, left: [], kept: null });
  id += "x";
});
afterEach(() => void vi.useRealTimers());

/** Removals that a page left, the first of them sent already. */
function left(key: string, ...ids: string[]): Left {
  const place = new Memory();
  const batches = ids.map((each, at) => {
    return { key: `${key} ${each}`, label: `${key} ${each}`, edits: [removeNode(each)], base: at === 0 ? 1 : null };
  });
  return { unsent: { confirmed: new Service(START).whole, batches: keptBatches(batches) }, place, letGo: vi.fn() };
}

describe("drawings of a tab", () => {
  it("are one, however many look at it, and stay a little longer", async () => {
    const [one, same] = await Promise.all([openDrawing(id), openDrawing(id)]);
    expect(one).toBe(same);
    leaveDrawing(id);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await openDrawing(id)).toBe(one);
    leaveDrawing(id);
    leaveDrawing(id);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await openDrawing(id)).toBe(one);
    leaveDrawing(id);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await openDrawing(id)).not.toBe(one);
  });

  it("stay open until the server has what was drawn", async () => {
    const drawing = await openDrawing(id);
    way.connect(false);
    drawing.edit([removeNode("a")], "Remove a");
    await vi.advanceTimersByTimeAsync(10);
    leaveDrawing(id);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await openDrawing(id)).toBe(drawing);
    leaveDrawing(id);
    way.connect(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(service.taken).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await openDrawing(id)).not.toBe(drawing);
  });

  it("take up what several pages left, each on the revision it knew", async () => {
    tab.left = [left("first", "a"), left("second", "b", "a")];
    service.apply(plainEdits([removeNode("b")]), 1, "second b");
    const drawing = await openDrawing(id);
    await vi.advanceTimersByTimeAsync(2000);
    const { graph: drawn, saving, refused } = drawing.state.getState();
    expect(drawn.nodes.map((each) => each.id)).toEqual(["c"]);
    expect(saving).toBe("saved");
    expect(service.taken).toHaveLength(2);
    expect(refused.map(({ batch }) => batch.label)).toHaveLength(1);
    expect(tab.left.map(({ place }) => (place as Memory).unsent)).toEqual([null, null]);
    expect(tab.left[1]?.letGo).toHaveBeenCalledOnce();
  });

  it("open from this device without a connection, and only then", async () => {
    way.connect(false);
    await expect(openDrawing(id)).rejects.toThrow("no connection");
    tab.kept = service.whole;
    const drawing = await openDrawing(id);
    expect(drawing.state.getState().graph.nodes).toHaveLength(3);
    way.connect(true);
    service.trouble = new Refusal("NOT_FOUND", "there is no such architecture");
    await expect(openDrawing(`${id} other`)).rejects.toThrow("there is no such architecture");
  });

  it("let go of what was left where it cannot be drawn", async () => {
    const broken = left("first", "a");
    tab.left = [{ ...broken, unsent: { ...broken.unsent, confirmed: { ...service.whole, document: {} } } }];
    await expect(openDrawing(id)).rejects.toThrow("schema");
    expect(broken.letGo).toHaveBeenCalledOnce();
  });
});
