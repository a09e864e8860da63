/** The canvas: nodes and edges that are looked at, moved, connected and selected. */

import {
  Background,
  BackgroundVariant,
  type OnConnectEnd,
  ReactFlow,
  type ReactFlowProps,
  ReactFlowProvider,
  useStore as useFlowStore,
  useStoreApi,
} from "@xyflow/react";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { objection, type Wire } from "../canvas/connecting.js";
import { GRID } from "../canvas/geometry.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { notify } from "../ui/notices.js";
import { CrowdedContext, FAR, isCrowded, leastZoom } from "./afar.js";
import { CanvasMap } from "./canvasMap.js";
import { CanvasTools } from "./canvasTools.js";
import { type Editing, useDoing, useEditing } from "./editing.js";
import { FarWires } from "./farWires.js";
import "./flow.css";
import type { FlowNode as Drawn, FlowEdge } from "./flow.js";
import { FlowNode } from "./flowNode.js";
import { tapNode } from "./pending.js";
import { useLongPress } from "./useLongPress.js";
import { useScreen } from "./useScreen.js";
import { useStage } from "./useStage.js";
import { useLook } from "./view.js";
import { WireEdge } from "./wireEdge.js";

const NODES = { card: FlowNode };
const EDGES = { wire: WireEdge };
const SNAP: [number, number] = [GRID, GRID];
const MORE = ["Shift", "Meta", "Control"];
const OTHER_BUTTONS = [1, 2];

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Drawing />
    </ReactFlowProvider>
  );
}

function Drawing() {
  const editing = useEditing();
  const { flow, view, bench } = editing;
  const nodes = useStore(flow.state, (shown) => shown.nodes);
  const edges = useStore(flow.state, (shown) => shown.edges);
  const readOnly = useReadOnly() !== null;
  const navigating = useLook(view, (look) => look.navigating);
  const [snapping, banding] = [useDoing((doing) => doing.snapping), useDoing((doing) => doing.banding)];
  const far = useFlowStore((seen) => seen.transform[2] < FAR);
  const crowded = isCrowded(far, nodes.length);
  const least = useMemo(() => leastZoom(nodes), [nodes]);
  const frame = useRef<HTMLDivElement>(null);
  const handlers = useMemo(() => handlersOf(editing, frame), [editing]);
  const desk = useScreen() === "desk";
  useNoMeasuring();
  useStage();
  useSelectingMore();
  const longPress = useLongPress();
  return (
    <div
      className="group/canvas relative size-full overflow-hidden select-none"
      ref={frame}
      data-canvas
      data-far={far ? "" : undefined}
      data-crowded={crowded ? "" : undefined}
      onPointerMove={({ clientX, clientY, pointerType }) => {
        bench.pointer = pointerType === "mouse" ? { x: clientX, y: clientY } : null;
      }}
      onPointerLeave={() => {
        bench.pointer = null;
      }}
      {...longPress}
    >
      <CrowdedContext value={crowded}>
        <ReactFlow<Drawn, FlowEdge>
          nodes={nodes}
          edges={crowded ? edges.filter(({ selected }) => selected) : edges}
          nodeTypes={NODES}
          edgeTypes={EDGES}
          {...handlers}
          onlyRenderVisibleElements
          nodesDraggable={!navigating && !readOnly}
          nodesConnectable={!readOnly}
          connectOnClick={false}
          connectionRadius={40}
          connectionDragThreshold={6}
          nodeDragThreshold={4}
          snapToGrid={snapping}
          snapGrid={SNAP}
          minZoom={least}
          maxZoom={4}
          selectionOnDrag={banding}
          panOnDrag={banding ? OTHER_BUTTONS : true}
          zoomOnDoubleClick={false}
          multiSelectionKeyCode={MORE}
          deleteKeyCode={null}
          elevateNodesOnSelect={false}
          disableKeyboardA11y
          autoPanOnNodeFocus={false}
          edgesFocusable={false}
          tabIndex={0}
          aria-label="Canvas"
          attributionPosition="bottom-center"
        >
          <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.2} className="opacity-45" />
          {crowded ? <FarWires nodes={nodes} edges={edges} /> : null}
          {desk ? <CanvasMap /> : null}
        </ReactFlow>
      </CrowdedContext>
      <CanvasTools />
    </div>
  );
}

/** The same functions for as long as the editor stands: a new one makes xyflow go through all nodes and edges again. */
function handlersOf(editing: Editing, frame: RefObject<HTMLElement | null>): ReactFlowProps<Drawn, FlowEdge> {
  const { flow, bench, commands } = editing;
  // Not a state: only flow.css knows of it, and nothing is to be drawn anew.
  const moves = (what: "" | "canvas" | "node") => frame.current?.setAttribute("data-moving", what);
  return {
    onInit: () => bench.stage?.begin(),
    onNodesChange: (changes) => flow.changeNodes(changes),
    onEdgesChange: (changes) => flow.changeEdges(changes),
    onEdgeClick: (_, { id }) => flow.selectEdge(id),
    onMove: () => moves("canvas"),
    onMoveEnd: () => moves(""),
    onNodeDrag: () => moves("node"),
    onNodeDragStop: () => {
      moves("");
      commands.drop();
    },
    onSelectionDragStop: () => commands.drop(),
    onNodeClick: (_, { id }) => void tapNode(editing, id),
    onNodeDoubleClick: (_, { id }) => commands.open(id),
    onNodeContextMenu: (event, { id }) => {
      event.preventDefault();
      openMenu(editing, id, { x: event.clientX, y: event.clientY });
    },
    onPaneClick: () => bench.set({ pending: null, menu: null }),
    onConnect: (wire) => void commands.connect(wire as Wire),
    onConnectEnd: connectionEnded(editing),
    isValidConnection: (wire) => objection(commands.graph, wire as Wire) === null,
  };
}

/** Opens the menu of what is selected; a node that is not becomes it. */
export function openMenu({ view, bench }: Editing, id: string, at: { x: number; y: number }): void {
  if (!view.state.getState().selection.includes(id)) view.select([id]);
  bench.set({ menu: at });
}

/** A connection dropped on no port: on a node it takes the first free input, on nothing it asks for a new layer. */
function connectionEnded(editing: Editing): OnConnectEnd {
  return (event, { isValid, fromHandle, toHandle }) => {
    if (isValid || !fromHandle) return;
    const from = { node: fromHandle.nodeId, handle: fromHandle.id ?? "" };
    const output = fromHandle.type === "source";
    if (toHandle) return explain(editing, from, { node: toHandle.nodeId, handle: toHandle.id ?? "" }, output);
    const { clientX: x, clientY: y } = "changedTouches" in event ? (event.changedTouches[0] as Touch) : event;
    const under = document.elementFromPoint(x, y);
    const target = under?.closest<HTMLElement>("[data-node-id]")?.dataset.nodeId;
    if (target === from.node || !output) return;
    if (target !== undefined) editing.commands.connectOrCut(from.node, from.handle, target);
    else if (under?.closest("[data-canvas]"))
      editing.bench.set({ quickAdd: { at: { x, y }, query: "", from, onto: null } });
  };
}

interface End {
  readonly node: string;
  readonly handle: string;
}

/** Says why two ports were not connected; nothing where the pointer went back to where it began. */
function explain({ commands }: Editing, from: End, to: End, output: boolean): void {
  if (from.node === to.node && from.handle === to.handle) return;
  const [source, target] = output ? [from, to] : [to, from];
  const ends = { source: source.node, sourceHandle: source.handle, target: target.node, targetHandle: target.handle };
  const reason = objection(commands.graph, ends) ?? "An output goes into an input; choose a port of the other side.";
  notify({ text: reason, tone: "warn" });
}

/** Nodes say themselves how large they are and where their ports are, so they are not measured whenever they appear. */
function useNoMeasuring(): void {
  const store = useStoreApi();
  // Before the first node stands: xyflow's observer of sizes keeps the function it finds then.
  useState(() => store.setState({ updateNodeInternals: () => {} }));
}

/** While more is being selected, a tap adds to what is. */
function useSelectingMore(): void {
  const more = useDoing(({ selectingMore }) => selectingMore);
  const store = useStoreApi();
  useEffect(() => store.setState({ multiSelectionActive: more }), [more, store]);
}
