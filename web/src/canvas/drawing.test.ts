/** A drawing through one trouble at a time; all of them together are in convergence.test.ts. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addNode, configure, type Edit, edge, graph, node, objectOf, removeNode } from "../blueprint/index.js";
import { Refusal } from "../gateway/outcome.js";
import { Drawing } from "./drawing.js";
import { FAIR, Memory, Service, Way } from "./service.testing.js";
import { plainEdits } from "./wire.js";

const START = graph({
  nodes: [node("a", "Input", { config: objectOf({ shape: ["B", 4] }) }), node("b", "Linear"), node("c", "Output")],
  edges: [edge("a", "b"), edge("b", "c")],
});
const wide = (features: number): Edit => configure("b", objectOf({ out_features: features }));

let service: Service;

beforeEach(() => {
  vi.useFakeTimers();
  service = new Service(START);
});
afterEach(() => void vi.useRealTimers());

interface Page {
  drawing: Drawing;
  way: Way;
  memory: Memory;
}

async function opened(way = new Way(service), memory = new Memory()): Promise<Page> {
  const drawing = new Drawing("id", memory.unsent?.confirmed ?? service.whole, way, memory);
  await drawing.open(memory.unsent?.batches);
  await vi.advanceTimersByTimeAsync(10);
  return { drawing, way, memory };
}

/** Somebody else, elsewhere. */
function other(...edits: Edit[]): void {
  service.apply(plainEdits(edits), service.revision, `other ${service.revision}`);
}

function shown({ drawing }: Page) {
  return drawing.state.getState();
}

function features(page: Page): unknown {
  return shown(page)
    .graph.nodes.find(({ id }) => id === "b")
    ?.config.get("out_features");
}

describe("a drawing", () => {
  it("shows and checks an edit before anybody has answered", async () => {
    const page = await opened(new Way(service, { ...FAIR, milliseconds: 50 }));
    page.drawing.edit([wide(8)], "Widen b");
    expect(features(page)).toBe(8);
    expect(shown(page).analysis.totals.params).toBe(40);
    expect(shown(page)).toMatchObject({ saving: "sending", undo: "Widen b", revision: 1 });
    await vi.advanceTimersByTimeAsync(200);
    expect(shown(page)).toMatchObject({ saving: "saved", revision: 2 });
  });

  it("changes nothing for an edit that is refused here", async () => {
    const page = await opened();
    const before = shown(page);
    expect(() => page.drawing.edit([wide(8), removeNode("nobody")], "Nonsense")).toThrow("edits[1]");
    expect(shown(page)).toBe(before);
    expect(service.taken).toEqual([]);
  });

  it("sends once what was answered to nobody", async () => {
    const page = await opened(new Way(service, { ...FAIR, lostAnswer: 0.6 }, () => 0.5));
    page.drawing.edit([wide(8)], "Widen b");
    await vi.advanceTimersByTimeAsync(5000);
    expect(service.taken).toHaveLength(1);
    expect(shown(page).saving).toBe("waiting");
    const after = await opened(new Way(service), page.memory);
    expect(service.taken).toHaveLength(1);
    expect(shown(after)).toMatchObject({ saving: "saved", revision: 2, refused: [] });
  });

  it("loses nothing while the session is over", async () => {
    const page = await opened();
    service.trouble = new Refusal("UNAUTHENTICATED", "sign in", null, true);
    page.drawing.edit([wide(8)], "Widen b");
    await vi.advanceTimersByTimeAsync(3000);
    expect(shown(page)).toMatchObject({ saving: "waiting", refused: [] });
    service.trouble = null;
    page.drawing.retry();
    await vi.advanceTimersByTimeAsync(10);
    expect(shown(page)).toMatchObject({ saving: "saved", revision: 2 });
  });

  it("puts others' edits underneath, and says which of ours cannot be kept", async () => {
    const page = await opened();
    page.way.connect(false);
    page.drawing.edit([wide(8)], "Widen b");
    page.drawing.edit([addNode(node("d", "ReLU"))], "Add d");
    other(wide(16));
    page.way.connect(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(features(page)).toBe(16);
    expect(shown(page).graph.nodes.map(({ id }) => id)).toContain("d");
    expect(shown(page).refused.map(({ batch, reason }) => [batch.label, reason])).toEqual([
      ["Widen b", "`b` was changed elsewhere meanwhile"],
    ]);
    expect(service.taken).toHaveLength(2);
  });

  it("does not offer to undo what was refused, as that would undo the others' edit", async () => {
    const page = await opened();
    page.way.connect(false);
    page.drawing.edit([wide(8)], "Widen b");
    other(wide(16));
    page.way.connect(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(shown(page).undo).toBeNull();
    page.drawing.seen();
    expect(shown(page).refused).toEqual([]);
  });

  it("is caught up although edges lead nowhere", async () => {
    service = new Service({ ...START, edges: [...START.edges, edge("b", "nowhere")], extra: objectOf({ odd: 1 }) });
    const page = await opened();
    page.way.connect(false);
    page.drawing.edit([addNode(node("d", "ReLU"))], "Add d");
    other(wide(16));
    page.way.connect(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(shown(page)).toMatchObject({ saving: "saved", refused: [] });
    expect(features(page)).toBe(16);
  });

  it("undoes and does again, as edits like any other", async () => {
    const page = await opened();
    page.drawing.edit([wide(8)], "Widen b");
    page.drawing.undo();
    expect(features(page)).toBeUndefined();
    expect(shown(page)).toMatchObject({ undo: null, redo: "Widen b" });
    page.drawing.redo();
    expect(features(page)).toBe(8);
    page.drawing.undo();
    page.drawing.edit([removeNode("c")], "Remove c");
    expect(shown(page)).toMatchObject({ undo: "Remove c", redo: null });
    await vi.advanceTimersByTimeAsync(10);
    expect(service.taken).toHaveLength(5);
  });

  it("drops a step that others have made impossible", async () => {
    const page = await opened();
    page.drawing.edit([addNode(node("d", "ReLU"))], "Add d");
    await vi.advanceTimersByTimeAsync(10);
    other(removeNode("d"));
    await vi.advanceTimersByTimeAsync(10);
    expect(() => page.drawing.undo()).toThrow("`d`");
    expect(shown(page).undo).toBeNull();
  });

  it("saves a version of exactly what is seen, and tells of others' versions", async () => {
    const page = await opened(new Way(service, { ...FAIR, milliseconds: 40 }));
    page.drawing.edit([wide(8)], "Widen b");
    const saving = page.drawing.save("wide", "key");
    await vi.advanceTimersByTimeAsync(1000);
    expect(await saving).toBe(1);
    expect(service.versions).toEqual([{ message: "wide", revision: 2 }]);
    service.save("again", 2, "other");
    await vi.advanceTimersByTimeAsync(100);
    expect(shown(page).latestVersion).toBe(2);
  });

  it("saves no version of what the server does not have", async () => {
    const page = await opened();
    page.way.connect(false);
    page.drawing.edit([wide(8)], "Widen b");
    await vi.advanceTimersByTimeAsync(100);
    const saving = expect(page.drawing.save("wide", "key")).rejects.toThrow("not with the server yet");
    await vi.advanceTimersByTimeAsync(1000);
    await saving;
  });

  it("loads the whole after a gap and for edits that do not fit", async () => {
    const page = await opened();
    page.way.connect(false);
    other(wide(16));
    page.way.connect(true);
    await vi.advanceTimersByTimeAsync(10);
    expect(features(page)).toBe(16);
    for (const watcher of service.watchers)
      watcher({ kind: "edits", revision: 3, edits: plainEdits([removeNode("z")]) });
    await vi.advanceTimersByTimeAsync(10);
    other(wide(32));
    await vi.advanceTimersByTimeAsync(10);
    expect(features(page)).toBe(32);
  });

  it("sends nothing once it is closed", async () => {
    const page = await opened();
    page.way.connect(false);
    page.drawing.edit([wide(8)], "Widen b");
    await vi.advanceTimersByTimeAsync(100);
    page.drawing.close();
    page.way.connect(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(service.taken).toEqual([]);
    expect(page.memory.unsent?.batches).toHaveLength(1);
  });
});
