/** Gives the bench what can be done with what is seen, and brings wanted nodes into view. */

import { type ReactFlowInstance, useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import type { Stage } from "./bench.js";
import { type Editing, useEditing } from "./editing.js";
import type { FlowEdge, FlowNode } from "./flow.js";
import { screenNow } from "./useScreen.js";

type Flow = ReactFlowInstance<FlowNode, FlowEdge>;
type Store = ReturnType<typeof useStoreApi<FlowNode, FlowEdge>>;

export function useStage(): void {
  const editing = useEditing();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  useEffect(() => {
    const { bench, view } = editing;
    const stage = stageOf(editing, flow, store);
    bench.stage = stage;
    const end = view.state.subscribe((now, before) => {
      if (now.wanted && now.wanted !== before.wanted) stage.show(now.wanted.id);
      else if (now.panel && now.panel !== before.panel && now.selection[0])
        reveal(editing, flow, store, now.selection[0]);
    });
    return () => {
      end();
      bench.stage = null;
    };
  }, [editing, flow, store]);
}

function stageOf(editing: Editing, flow: Flow, store: Store): Stage {
  return {
    middle() {
      const { left, top, width, height } = visible(editing, store);
      return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 }, { snapToGrid: false });
    },
    placeOf: (screen) => flow.screenToFlowPosition(screen, { snapToGrid: false }),
    screenOf(id) {
      const node = flow.getNode(id);
      const { x, y } = node?.position ?? { x: 0, y: 0 };
      return flow.flowToScreenPosition({ x: x + (node?.width ?? 0) / 2, y: y + (node?.height ?? 0) });
    },
    fit: () => void afterDrawing(() => flow.fitView({ maxZoom: 1, padding: 0.15, duration: duration() })),
    zoom: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration() }),
    show: (id) =>
      afterDrawing(() => {
        reveal(editing, flow, store, id);
        afterDrawing(() => focus(store, id));
      }),
  };
}

/** Moves the canvas where the node is not wholly in what is seen. */
function reveal(editing: Editing, flow: Flow, store: Store, id: string): void {
  const node = flow.getNode(id);
  if (!node) return;
  const seen = visible(editing, store);
  const [zoom, margin] = [Math.max(flow.getZoom(), 0.4), 12];
  const { x, y } = flow.flowToScreenPosition(node.position);
  const [width, height] = [(node.width ?? 0) * flow.getZoom(), (node.height ?? 0) * flow.getZoom()];
  const inside =
    x >= seen.left + margin &&
    y >= seen.top + margin &&
    x + width <= seen.left + seen.width - margin &&
    y + height <= seen.top + seen.height - margin;
  if (inside && zoom === flow.getZoom()) return;
  const frame = frameOf(store);
  const viewport = {
    zoom,
    x: seen.left - frame.left + seen.width / 2 - (node.position.x + (node.width ?? 0) / 2) * zoom,
    y: seen.top - frame.top + seen.height / 2 - (node.position.y + (node.height ?? 0) / 2) * zoom,
  };
  void flow.setViewport(viewport, { duration: duration() });
}

/** What of the canvas no sheet covers, on the screen. */
function visible({ view }: Editing, store: Store): { left: number; top: number; width: number; height: number } {
  const { left, top, width, height } = frameOf(store);
  const covered = screenNow() === "phone" && view.state.getState().panel !== null;
  return { left, top, width, height: covered ? Math.max(96, window.innerHeight / 2 - top) : height };
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
