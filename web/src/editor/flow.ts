/**
 * What xyflow draws: the graph at the path, as its nodes and edges. Outside React, and the same objects as long as
 * nothing changes about them, so that an edit, a selection or a drag draws again only what it concerns.
 */

import { type Edge, type EdgeChange, type Node, type NodeChange, type NodeHandle, Position } from "@xyflow/react";
import { createStore, type StoreApi } from "zustand";
import { moveNode, type Position as Place } from "../blueprint/index.js";
import { type Card, type Cards, cardMaker } from "../canvas/cards.js";
import type { Drawing } from "../canvas/drawing.js";
import { heatOf } from "../canvas/heat.js";
import { type Places, placesOf } from "../canvas/places.js";
import { editsAt, graphAt } from "../canvas/scope.js";
import { type Socket, socketPlaces } from "../canvas/sockets.js";
import { type WireText, wiresOf } from "../canvas/wires.js";
import type { View } from "./view.js";

export type FlowNode = Node<{ readonly card: Card; readonly heat: number | null; readonly tab: boolean }, "card">;
export type FlowEdge = Edge<{ readonly shape: string; readonly wrong: boolean }, "wire">;

interface Shown {
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
}

const NO_HEAT: ReadonlyMap<string, number> = new Map();

export class Flow {
  readonly state: StoreApi<Shown> = createStore<Shown>(() => ({ nodes: [], edges: [] }));
  /** Nodes under way, by their ids; no edit is made before they are dropped. */
  private floating: Places = new Map();
  private cardsOf = cardMaker();
  private cards: Cards = new Map();
  private wires: ReadonlyMap<string, WireText> = new Map();
  private edge: string | null = null;

  constructor(
    private readonly drawing: Drawing,
    private readonly view: View,
  ) {}

  /** Follows the drawing and the view, until the answer is called. */
  follow(): () => void {
    this.read();
    const ends = [
      this.drawing.state.subscribe((now, before) => {
        if (now.graph !== before.graph || now.analysis !== before.analysis) this.read();
      }),
      this.view.state.subscribe((now, before) => {
        if (now.path !== before.path) this.read();
        else if (now.selection !== before.selection || now.heat !== before.heat) this.show();
      }),
    ];
    return () => ends.forEach((end) => void end());
  }

  /** The selected edge, null for none. */
  get selectedEdge(): string | null {
    return this.edge;
  }

  /** Selects an edge, and no node. */
  selectEdge(id: string | null): void {
    this.edge = id;
    if (id !== null) this.view.select([]);
    this.show();
  }

  /** What xyflow says of nodes: dragged, selected. */
  changeNodes(changes: readonly NodeChange<FlowNode>[]): void {
    const moved = new Map(this.floating);
    const selected = new Set(this.view.state.getState().selection);
    let selecting = false;
    for (const change of changes) {
      if (change.type === "position" && change.position && change.dragging) moved.set(change.id, change.position);
      if (change.type !== "select") continue;
      selecting = true;
      if (change.selected) selected.add(change.id);
      else selected.delete(change.id);
    }
    if (moved.size !== this.floating.size || changes.some(({ type }) => type === "position")) this.float(moved);
    if (selected.size > 0) this.edge = null;
    if (selecting && !sameIds(selected, this.view.state.getState().selection)) this.view.select([...selected]);
  }

  /** What xyflow says of edges: only that one is not selected any more, as a drag over nodes would select many. */
  changeEdges(changes: readonly EdgeChange<FlowEdge>[]): void {
    const left = changes.some((change) => change.type === "select" && !change.selected && change.id === this.edge);
    if (left) this.selectEdge(null);
  }

  /** Shows nodes elsewhere, for now. */
  float(places: Places): void {
    const [home, before] = [this.places(), this.floating];
    this.floating = places;
    this.state.setState(({ nodes }) => ({
      nodes: nodes.map((node) => {
        if (!places.has(node.id) && !before.has(node.id)) return node;
        return { ...node, position: places.get(node.id) ?? home.get(node.id) ?? ORIGIN };
      }),
    }));
  }

  /** What floats is moved for good, as one batch; `true` where something was. Throws EditError. */
  drop(): boolean {
    const { path } = this.view.state.getState();
    const before = this.places();
    const moves = [...this.floating].filter(([id, { x, y }]) => before.get(id)?.x !== x || before.get(id)?.y !== y);
    this.floating = new Map();
    try {
      const label = moves.length === 1 ? `Move ${moves[0]?.[0]}` : `Move ${moves.length} nodes`;
      this.drawing.edit(
        editsAt(
          path,
          moves.map(([id, place]) => moveNode(id, place)),
        ),
        label,
      );
    } finally {
      this.show();
    }
    return moves.length > 0;
  }

  /** Where the nodes of the drawing stand, floating ones where they came from. */
  places(): Places {
    const graph = graphAt(this.drawing.state.getState().graph, this.view.state.getState().path);
    return graph ? placesOf(graph) : new Map();
  }

  /** Where nodes are seen now. */
  seen(): Places {
    return new Map([...this.places(), ...this.floating]);
  }

  private read(): void {
    const { graph, analysis } = this.drawing.state.getState();
    const { path } = this.view.state.getState();
    const here = graphAt(graph, path);
    if (!here) {
      this.view.enter(path.slice(0, -1));
      return;
    }
    this.cards = this.cardsOf(here, analysis, path);
    this.wires = wiresOf(here, analysis, path, this.wires);
    if (this.edge !== null && !this.wires.has(this.edge)) this.edge = null;
    const { selection } = this.view.state.getState();
    if (selection.some((id) => !this.cards.has(id))) this.view.select(selection.filter((id) => this.cards.has(id)));
    else this.show();
  }

  /** Nodes and edges from what was read, and what is selected, coloured, under way. */
  private show(): void {
    const before = this.state.getState();
    const { path, selection, heat } = this.view.state.getState();
    const chosen = new Set(selection);
    const heats = heat === null ? NO_HEAT : heatOf(this.drawing.state.getState().analysis, path, heat);
    const places = this.seen();
    const [tab] = selection;
    const old = new Map(before.nodes.map((node) => [node.id, node]));
    const nodes = [...this.cards.values()].map((card) => {
      const given = { card, heat: heat === null ? null : (heats.get(card.id) ?? 0), tab: card.id === tab };
      return nodeFor(old.get(card.id), given, places.get(card.id) ?? ORIGIN, chosen.has(card.id));
    });
    const known = new Map(before.edges.map((edge) => [edge.id, edge]));
    const edges = [...this.wires.values()].map((wire) => edgeFor(known.get(wire.id), wire, wire.id === this.edge));
    this.state.setState({ nodes: sameItems(before.nodes, nodes), edges: sameItems(before.edges, edges) });
  }
}

const ORIGIN: Place = { x: 0, y: 0 };

function nodeFor(old: FlowNode | undefined, data: FlowNode["data"], position: Place, selected: boolean): FlowNode {
  const sameData = old && old.data.card === data.card && old.data.heat === data.heat && old.data.tab === data.tab;
  const samePlace = old && old.position.x === position.x && old.position.y === position.y;
  if (sameData && samePlace && old.selected === selected) return old;
  const { card } = data;
  const { width, height } = card;
  return {
    ...{ id: card.id, type: "card", position, selected, data: sameData ? old.data : data },
    ...{ width, height, measured: { width, height } },
    handles: old?.data.card === card ? (old.handles ?? []) : handlesOf(card),
    // A group, as its ports are buttons themselves.
    ariaRole: "group",
    ariaLabel: labelOf(card),
    domAttributes: { "data-node-id": card.id, "aria-current": selected, tabIndex: data.tab ? 0 : -1 } as never,
  };
}

function labelOf({ type, id, shape, waitsFor }: Card): string {
  return `${type} ${id}, output ${shape || "unknown"}${waitsFor && `, waits for ${waitsFor}`}`;
}

function edgeFor(old: FlowEdge | undefined, wire: WireText, selected: boolean): FlowEdge {
  const { id, source, target, sourceHandle, targetHandle, shape, wrong } = wire;
  if (old && old.data?.shape === shape && old.data.wrong === wrong && old.selected === selected) return old;
  return { ...{ id, source, target, sourceHandle, targetHandle, selected }, type: "wire", data: { shape, wrong } };
}

/** Edges begin and end at the rim of a node, whatever the size of what a finger hits. */
function handlesOf({ inputs, outputs, width, height }: Card): NodeHandle[] {
  const place = (sockets: readonly Socket[], type: "source" | "target", y: number, position: Position) => {
    const places = socketPlaces(sockets, width);
    return sockets.map(({ handle }, at) => ({
      ...{ id: handle, type, position, y },
      ...{ x: (places[at] as number) - 0.5, width: 1, height: 0 },
    }));
  };
  return [...place(inputs, "target", 0, Position.Top), ...place(outputs, "source", height, Position.Bottom)];
}

/** The old list where it holds the same. */
function sameItems<Item>(before: Item[], after: Item[]): Item[] {
  const same = before.length === after.length && after.every((item, at) => item === before[at]);
  return same ? before : after;
}

function sameIds(one: ReadonlySet<string>, other: readonly string[]): boolean {
  return one.size === other.length && other.every((id) => one.has(id));
}
