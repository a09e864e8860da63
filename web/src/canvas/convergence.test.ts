/**
 * Whatever several people draw on one drawing, through whatever weather: in the end all see what the server has, and
 * every batch is in its history exactly once or was given back, with a reason.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as blueprint from "../blueprint/index.js";
import { Drawing } from "./drawing.js";
import { Memory, Service, seeded, Way, type Weather } from "./service.testing.js";

const STORM: Weather = { lostRequest: 0.15, lostAnswer: 0.15, lostEvent: 0.1, repeatedEvent: 0.2, milliseconds: 60 };
const STEPS = 60;
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed + 1);

type Random = () => number;

function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items[Math.floor(random() * items.length)];
}

const IDS = ["a", "b", "c", "d", "e"];

/** An edit that a person could make, which need not be possible. */
function someEdit(random: Random, graph: blueprint.Graph): blueprint.Edit {
  const [id, other, fresh] = [
    pick(random, graph.nodes)?.id ?? "a",
    pick(random, graph.nodes)?.id ?? "b",
    pick(random, IDS) as string,
  ];
  const edge = pick(random, graph.edges) ?? blueprint.edge(id, other);
  const width = blueprint.objectOf({ out_channels: Math.ceil(random() * 4) });
  const position = { x: Math.round(random() * 100), y: 0.5 };
  const inner = pick(random, graph.nodes.find((node) => node.id === id)?.graph?.nodes ?? [])?.id ?? "a";
  const edits = [
    blueprint.addNode(blueprint.node(fresh, "Conv2d", { config: width, position })),
    blueprint.addNode(blueprint.node(fresh, "ReLU")),
    blueprint.removeNode(id),
    blueprint.configure(id, width),
    blueprint.configure(id, blueprint.objectOf({ kernel_size: 3 })),
    blueprint.renameNode(id, fresh),
    blueprint.connect(blueprint.edge(id, other)),
    blueprint.disconnect(edge),
    blueprint.moveNode(id, random() < 0.9 ? position : null),
    blueprint.group([...new Set([id, other])], fresh),
    blueprint.ungroup(id),
    blueprint.within(id, [blueprint.configure(inner, width)]),
    blueprint.within(id, [blueprint.addNode(blueprint.node(fresh, "ReLU"))]),
  ];
  return pick(random, edits) as blueprint.Edit;
}

/** A tab, and what it kept when it was reloaded. */
class Tab {
  drawing: Drawing | null = null;
  private way: Way;
  private memory = new Memory();
  private readonly seen: string[] = [];
  readonly made: string[] = [];
  private readonly labels = new Map<string, string>();

  constructor(
    private readonly name: string,
    private readonly service: Service,
    private readonly random: Random,
  ) {
    this.way = this.newWay();
  }

  async load(): Promise<void> {
    const whole = this.memory.unsent?.confirmed ?? (await this.way.load().catch(() => this.memory.kept));
    if (!whole || this.drawing) return;
    this.drawing = new Drawing("id", whole, this.way, this.memory);
    await this.drawing.open(this.memory.unsent?.batches);
  }

  /** The page ends in the middle of whatever it does; the next one finds what was kept. */
  async reload(): Promise<void> {
    this.remember();
    this.way.end();
    this.drawing?.close();
    this.drawing = null;
    const { kept, unsent } = this.memory;
    this.memory = new Memory();
    await this.memory.keepUnsent(unsent);
    this.memory.kept = kept;
    this.way = this.newWay();
    await this.load();
  }

  connect(connected: boolean): void {
    this.way.connect(connected);
    if (connected) this.drawing?.retry();
  }

  edit(): void {
    const { random, drawing } = this;
    if (!drawing) return;
    const label = `${this.name}${this.made.length}`;
    const edits = [someEdit(random, drawing.state.getState().graph)];
    if (random() < 0.3) edits.push(someEdit(random, drawing.state.getState().graph));
    this.attempt(label, () => drawing.edit(edits, label));
  }

  undo(): void {
    const { undo } = this.drawing?.state.getState() ?? {};
    if (undo) this.attempt(`Undo ${undo}`, () => this.drawing?.undo());
  }

  redo(): void {
    const { redo } = this.drawing?.state.getState() ?? {};
    if (redo) this.attempt(`Redo ${redo}`, () => this.drawing?.redo());
  }

  /** Labels of what was given back. */
  get refused(): readonly string[] {
    this.remember();
    return this.seen;
  }

  /** What batches were called, by the keys they were ever sent under. */
  get keys(): ReadonlyMap<string, string> {
    this.remember();
    return this.labels;
  }

  private attempt(label: string, act: () => void): void {
    try {
      act();
      this.made.push(label);
    } catch (error) {
      if (!(error instanceof blueprint.EditError)) throw error;
    }
  }

  private remember(): void {
    for (const [key, label] of this.memory.labels) this.labels.set(key, label);
    this.seen.push(...(this.drawing?.state.getState().refused ?? []).map(({ batch }) => batch.label));
    this.drawing?.seen();
  }

  private newWay(): Way {
    return new Way(this.service, STORM, this.random);
  }
}

async function act(tab: Tab, random: Random): Promise<void> {
  const chance = random();
  if (chance < 0.55) tab.edit();
  else if (chance < 0.65) tab.undo();
  else if (chance < 0.72) tab.redo();
  else if (chance < 0.8) tab.connect(false);
  else if (chance < 0.92) tab.connect(true);
  else if (chance < 0.97) void tab.reload();
  await vi.advanceTimersByTimeAsync(random() * 100);
}

/** Positions and content, with those of all Blocks. */
function seen(graph: blueprint.Graph): unknown {
  const nodes = graph.nodes.map(({ id, position, graph: inner }) => [id, position, inner && seen(inner)] as const);
  return [blueprint.contentHash(graph), nodes.sort(([a], [b]) => (a < b ? -1 : 1))];
}

const START = blueprint.graph({
  nodes: [
    blueprint.node("a", "Input", { config: blueprint.objectOf({ shape: ["B", 1, 8, 8] }) }),
    blueprint.node("b", "Conv2d", { config: blueprint.objectOf({ out_channels: 4, kernel_size: 3 }) }),
    blueprint.node("c", "Output"),
  ],
  edges: [blueprint.edge("a", "b"), blueprint.edge("b", "c")],
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("drawings of one architecture", () => {
  it.each(SEEDS)("agree in the end, and lose nothing silently (%i)", async (seed) => {
    const random = seeded(seed);
    const service = new Service(START);
    const tabs = ["x", "y", "z"].slice(0, 2 + (seed % 2)).map((name) => new Tab(name, service, random));
    for (const tab of tabs) void tab.load();
    await vi.advanceTimersByTimeAsync(500);
    for (let step = 0; step < STEPS; step++) await act(pick(random, tabs) as Tab, random);
    await calm(tabs);

    for (const tab of tabs) {
      expect(tab.drawing?.state.getState().saving).toBe("saved");
      expect(seen((tab.drawing as Drawing).state.getState().graph)).toEqual(seen(service.graph));
    }
    const names = new Map(tabs.flatMap((tab) => [...tab.keys]));
    const kept = service.taken.map(({ key }) => names.get(key) ?? `unknown ${key}`);
    const refused = tabs.flatMap((tab) => tab.refused);
    expect([...kept, ...refused].sort()).toEqual(tabs.flatMap((tab) => tab.made).sort());
  });
});

/** Everybody is connected again, long enough for everything to arrive. */
async function calm(tabs: readonly Tab[]): Promise<void> {
  for (let round = 0; round < 200; round++) {
    for (const tab of tabs) {
      if (!tab.drawing) void tab.load();
      tab.connect(true);
    }
    await vi.advanceTimersByTimeAsync(300);
    if (round > 10 && tabs.every(({ drawing }) => drawing?.state.getState().saving === "saved")) return;
  }
}
