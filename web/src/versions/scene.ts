/** A state of a network as what React Flow draws. */

import type { Edge as FlowEdge, Node as FlowNode } from "@xyflow/react";
import type { Card, Cards } from "../canvas/cards.js";
import { edgeKey, type Mark, type Side } from "./comparison.js";
import type { Places } from "./placing.js";

export type Drawn = FlowNode<{ card: Card; mark: Mark | null }, "state">;

const ORIGIN = { x: 0, y: 0 };

export function nodesOf(cards: Cards, side: Side, places: Places, chosen: string | null): Drawn[] {
  return [...cards.values()].map((card) => {
    const mark = side.nodes.get(card.id) ?? null;
    return {
      id: card.id,
      type: "state",
      position: places.get(card.id) ?? ORIGIN,
      data: { card, mark },
      ...{ width: card.width, height: card.height, selected: card.id === chosen },
      className: "cursor-pointer",
      ariaRole: "button",
    };
  });
}

/** Edges that only this side has stand out in the colour of their side. */
export function edgesOf(side: Side): FlowEdge[] {
  const nodes = new Set(side.graph.nodes.map(({ id }) => id));
  const drawn = side.graph.edges.filter(({ source, target }) => nodes.has(source) && nodes.has(target));
  return drawn.map((edge) => {
    const key = edgeKey(edge);
    const { source, target, sourceHandle, targetHandle } = edge;
    return { id: key, source, target, sourceHandle, targetHandle, focusable: false, ...lookOf(side, key) };
  });
}

function lookOf(side: Side, key: string): Partial<FlowEdge> {
  if (!side.edges.has(key)) return { style: { stroke: "var(--line-strong)", strokeWidth: 1.5 } };
  const gone = side.when === "before";
  const stroke = gone ? "var(--bad)" : "var(--good)";
  return { style: { stroke, strokeWidth: 3, ...(gone ? { strokeDasharray: "6 5" } : {}) }, zIndex: 1 };
}
