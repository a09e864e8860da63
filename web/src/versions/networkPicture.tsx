/** A state of a network to look at: moved and zoomed by hand, its nodes chosen; nothing in it can be edited. */

import "../editor/flow.css";
import {
  getViewportForBounds,
  type NodeChange,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  type Viewport,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { useLayoutEffect, useMemo, useRef } from "react";
import type { Analysis } from "../blueprint/index.js";
import { cardMaker } from "../canvas/cards.js";
import type { Path } from "../canvas/scope.js";
import { IconButton } from "../ui/button.js";
import type { Side } from "./comparison.js";
import { PictureNode } from "./pictureNode.js";
import type { Bounds, Places } from "./placing.js";
import { type Drawn, edgesOf, nodesOf } from "./scene.js";

export interface Sight {
  /** Null: as much as fits is to be shown. */
  readonly viewport: Viewport | null;
  readonly onViewport: (viewport: Viewport | null) => void;
}

interface Props extends Sight {
  readonly label: string;
  readonly side: Side;
  readonly analysis: Analysis;
  readonly path: Path;
  readonly places: Places;
  readonly bounds: Bounds;
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
  readonly controls?: boolean;
}

const NODE_TYPES: NodeTypes = { state: PictureNode };
const [LEAST_ZOOM, MOST_ZOOM, LEGIBLE, FAR] = [0.02, 2, 0.65, 0.45];
const PADDING = 0.08;
const TOP = 24;
const START: Viewport = { x: 0, y: 0, zoom: 1 };

export function NetworkPicture(props: Props) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  );
}

function Picture(props: Props) {
  const {
    label,
    side,
    analysis,
    path,
    places,
    bounds,
    chosen,
    onChoose,
    viewport,
    onViewport,
    controls = true,
  } = props;
  const frame = useRef<HTMLElement>(null);
  const cards = useRef(cardMaker()).current;
  const drawn = useMemo(() => cards(side.graph, analysis, path), [cards, side.graph, analysis, path]);
  const nodes = useMemo(() => nodesOf(drawn, side, places, chosen), [drawn, side, places, chosen]);
  const edges = useMemo(() => edgesOf(side), [side]);
  useLayoutEffect(() => {
    const size = frame.current?.getBoundingClientRect();
    if (viewport === null && size) onViewport(fitting(bounds, size.width, size.height));
  }, [viewport, onViewport, bounds]);
  const choose = (changes: NodeChange<Drawn>[]) => {
    for (const change of changes) if (change.type === "select" && change.selected) onChoose(change.id);
  };
  const { zoom } = viewport ?? START;
  return (
    <section
      ref={frame}
      aria-label={label}
      data-far={zoom < FAR || undefined}
      className="group/canvas relative size-full overflow-hidden bg-sunken [&_.react-flow\_\_attribution]:opacity-100!"
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        viewport={viewport ?? START}
        onViewportChange={onViewport}
        onNodesChange={choose}
        minZoom={LEAST_ZOOM}
        maxZoom={MOST_ZOOM}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements
      />
      {controls ? <ZoomControls viewport={viewport ?? START} {...{ onViewport, frame, bounds }} /> : null}
    </section>
  );
}

/** As much as can be read of what `bounds` encloses, from its top on; all of it where that can be read. */
function fitting(bounds: Bounds, width: number, height: number): Viewport {
  const whole = getViewportForBounds(bounds, width, height, LEAST_ZOOM, 1, PADDING);
  const across = Math.max(FAR, (width * (1 - 2 * PADDING)) / bounds.width);
  const zoom = Math.min(LEGIBLE, across);
  if (whole.zoom >= zoom) return whole;
  return { x: (width - bounds.width * zoom) / 2 - bounds.x * zoom, y: TOP - bounds.y * zoom, zoom };
}

type ControlsProps = Sight & { viewport: Viewport; bounds: Bounds; frame: { current: HTMLElement | null } };

/** Buttons for those who cannot pinch or turn a wheel. */
export function ZoomControls({ viewport, onViewport, frame, bounds }: ControlsProps) {
  const fit = () => {
    const { width = 0, height = 0 } = frame.current?.getBoundingClientRect() ?? {};
    onViewport(getViewportForBounds(bounds, width, height, LEAST_ZOOM, 1, PADDING));
  };
  const scale = (factor: number) => {
    const { width = 0, height = 0 } = frame.current?.getBoundingClientRect() ?? {};
    const zoom = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, viewport.zoom * factor));
    const [cx, cy] = [width / 2, height / 2];
    const ratio = zoom / viewport.zoom;
    onViewport({ x: cx - (cx - viewport.x) * ratio, y: cy - (cy - viewport.y) * ratio, zoom });
  };
  return (
    <div className="absolute bottom-2 left-2 z-10 flex rounded-xl border border-line bg-raised shadow-card">
      <IconButton label="Zoom out" onClick={() => scale(1 / 1.4)}>
        <Minus size={18} />
      </IconButton>
      <IconButton label="Zoom in" onClick={() => scale(1.4)}>
        <Plus size={18} />
      </IconButton>
      <IconButton label="Fit to view" onClick={fit}>
        <Maximize size={16} />
      </IconButton>
    </div>
  );
}
