/** Gives the bench what can be done with what is seen, and brings wanted nodes into view. */

import { type ReactFlowInstance, useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import type { Stage } from "./bench.js";
import { useEditing } from "./editing.js";
import type { FlowEdge, FlowNode } from "./flow.js";

const FIT = { maxZoom: 1, padding: 0.15 };
/** The smallest size at which a card can be read. */
const READABLE = 0.65;
/** What is left free around a node that is brought into view. */
const MARGIN = 64;

type Flow = ReactFlowInstance<FlowNode, FlowEdge>;
type Store = ReturnType<typeof useStoreApi<FlowNode, FlowEdge>>;

export function useStage(): void {
  const editing = useEditing();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  useEffect(() => {
    const { bench, view } = editing;
    const stage = stageOf(flow, store);
    bench.stage = stage;
    const end = view.state.subscribe((now, before) => {
      if (now.wanted && now.wanted !== before.wanted) stage.show(now.wanted.id);
      else if (now.panel && now.panel !== before.panel && now.selection[0]) reveal(flow, store, now.selection[0]);
    });
    return () => {
      end();
      bench.stage = null;
    };
  }, [editing, flow, store]);
}

function stageOf(flow: Flow, store: Store): Stage {
  return {
    middle() {
      const { left, top, width, height } = visible(store);
      return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 }, { snapToGrid: false });
    },
    placeOf: (screen) => flow.screenToFlowPosition(screen, { snapToGrid: false }),
    screenOf(id) {
      const node = flow.getNode(id);
      const { x, y } = node?.position ?? { x: 0, y: 0 };
      return flow.flowToScreenPosition({ x: x + (node?.width ?? 0) / 2, y: y + (node?.height ?? 0) });
    },
    begin: () => begin(flow, store),
    fit: () => void afterDrawing(() => flow.fitView({ ...FIT, duration: duration() })),
    zoom: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration() }),
    show: (id) =>
      afterDrawing(() => {
        reveal(flow, store, id);
        afterDrawing(() => focus(store, id));
      }),
  };
}

/** A network that would be too small to read as a whole is seen from its top on. */
function begin(flow: Flow, store: Store): void {
  const { width, height } = frameOf(store);
  const bounds = flow.getNodesBounds(flow.getNodes());
  const whole = Math.min((0.85 * width) / bounds.width, (0.85 * height) / bounds.height);
  if (flow.getNodes().length === 0) void flow.setViewport({ x: width / 2, y: height / 4, zoom: 1 });
  else if (whole >= READABLE) void flow.fitView(FIT);
  else {
    const first = flow.getNodes().reduce((top, node) => (node.position.y < top.position.y ? node : top));
    const zoom = 0.9;
    const middle = first.position.x + (first.width ?? 0) / 2;
    void flow.setViewport({ zoom, x: width / 2 - middle * zoom, y: 72 - bounds.y * zoom });
  }
}

/** Moves the canvas as far as it takes for the node to be wholly in what is seen, and large enough to read. */
function reveal(flow: Flow, store: Store, id: string): void {
  const node = flow.getNode(id);
  if (!node) return;
  const [seen, frame, before] = [visible(store), frameOf(store), flow.getViewport()];
  const zoom = Math.max(before.zoom, 0.5);
  const far = zoom !== before.zoom;
  const along = (start: number, room: number, shift: number, place: number, size: number) => {
    const at = place * zoom + shift - start;
    const margin = Math.max(0, Math.min(MARGIN, (room - size * zoom) / 2));
    if (far) return start + (room - size * zoom) / 2 - place * zoom;
    return shift + Math.max(0, margin - at) - Math.max(0, at + size * zoom - (room - margin));
  };
  const { x, y } = node.position;
  const viewport = {
    zoom,
    x: along(seen.left - frame.left, seen.width, before.x, x, node.width ?? 0),
    y: along(seen.top - frame.top, seen.height, before.y, y, node.height ?? 0),
  };
  if (far || viewport.x !== before.x || viewport.y !== before.y)
    void flow.setViewport(viewport, { duration: duration() });
}

/** What of the canvas no sheet covers, on the screen. */
function visible(store: Store): { left: number; top: number; width: number; height: number } {
  const { left, top, right, bottom } = frameOf(store);
  const sheet = document.querySelector<HTMLElement>("[data-sheet]");
  const [side, cover] = [sheet?.dataset.sheet, sheet?.getBoundingClientRect()];
  const [west, east] = [side === "left" && cover ? cover.right : left, side === "right" && cover ? cover.left : right];
  const south = side === "bottom" && cover ? cover.top : bottom;
  return { left: west, top, width: east - west, height: south - top };
}

function frameOf(store: Store): DOMRect {
  return store.getState().domNode?.getBoundingClientRect() ?? new DOMRect(0, 0, window.innerWidth, window.innerHeight);
}

function focus(store: Store, id: string): void {
  const found = store.getState().domNode?.querySelector<HTMLElement>(`[data-node-id="${CSS.escape(id)}"]`);
  found?.focus({ preventScroll: true });
}

function afterDrawing(act: () => void): void {
  requestAnimationFrame(() => setTimeout(act));
}

function duration(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 180;
}
