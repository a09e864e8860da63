/**
 * The map in the corner: where nodes stand, and what of them is seen. It is dragged to look elsewhere, and zooms by the
 * wheel. All nodes are one path, and one on the move stays where it came from: the map must not slow the canvas down.
 */

import { Panel, useStore as useFlowStore, useReactFlow } from "@xyflow/react";
import { memo, type PointerEvent, useDeferredValue, useEffect, useMemo, useRef } from "react";
import { HEIGHT, WIDTH } from "../canvas/geometry.js";
import { type Places, placesOf } from "../canvas/places.js";
import { graphAt } from "../canvas/scope.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { useEditing } from "./editing.js";
import { useLook } from "./view.js";

const SIZE = { width: 200, height: 150 };
/** What is left free around all, of the map's width. */
const MARGIN = 0.025;
/** What is seen of a node at least, in pixels of the map, however long the network is. */
const LEAST = 1.5;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const CanvasMap = memo(function CanvasMap() {
  const places = usePlaces();
  const all = useMemo(() => boundsOf(places), [places]);
  const nodes = useMemo(() => [...places.values()].map((place) => rectangle({ ...place, ...NODE })).join(""), [places]);
  const seen = useSeen();
  const shown = fitted(all ? union(all, seen) : seen);
  const moving = useMoving(shown.width / SIZE.width);
  return (
    <Panel position="bottom-right" className="react-flow__minimap">
      <svg
        {...SIZE}
        {...moving}
        viewBox={`${shown.x} ${shown.y} ${shown.width} ${shown.height}`}
        role="img"
        aria-label="Map"
        className="react-flow__minimap-svg touch-none"
      >
        <path
          d={nodes}
          strokeWidth={LEAST}
          vectorEffect="non-scaling-stroke"
          className="fill-line-strong stroke-line-strong"
        />
        <path d={rectangle(shown) + rectangle(seen)} fillRule="evenodd" className="react-flow__minimap-mask" />
      </svg>
    </Panel>
  );
});

const NODE = { width: WIDTH, height: HEIGHT };
const NOWHERE: Places = new Map();

/** After the canvas itself, as nobody waits for the map. */
function usePlaces(): Places {
  const { drawing, view } = useEditing();
  const whole = useDrawn(drawing, ({ graph }) => graph);
  const path = useLook(view, (look) => look.path);
  const graph = useDeferredValue(graphAt(whole, path));
  return graph ? placesOf(graph) : NOWHERE;
}

function useSeen(): Box {
  const [x, y, zoom] = useFlowStore(({ transform }) => transform);
  const [width, height] = [useFlowStore((flow) => flow.width), useFlowStore((flow) => flow.height)];
  return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
}

/** `scale`: how much of the drawing a pixel of the map is. */
function useMoving(scale: number) {
  const flow = useReactFlow();
  const map = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const zoom = (event: WheelEvent) => {
      event.preventDefault();
      void flow.zoomTo(flow.getZoom() * 2 ** (-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)));
    };
    const element = map.current;
    // React listens passively, and the page must not zoom along.
    element?.addEventListener("wheel", zoom, { passive: false });
    return () => element?.removeEventListener("wheel", zoom);
  }, [flow]);
  return {
    ref: map,
    onPointerDown: ({ currentTarget, pointerId }: PointerEvent) => currentTarget.setPointerCapture(pointerId),
    onPointerMove: ({ currentTarget, pointerId, movementX, movementY }: PointerEvent) => {
      if (!currentTarget.hasPointerCapture(pointerId)) return;
      const { x, y, zoom } = flow.getViewport();
      void flow.setViewport({ x: x - movementX * scale * zoom, y: y - movementY * scale * zoom, zoom });
    },
  };
}

function boundsOf(places: Places): Box | null {
  if (places.size === 0) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of places.values()) {
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + WIDTH), Math.max(bottom, y + HEIGHT)];
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function union(one: Box, other: Box): Box {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const right = Math.max(one.x + one.width, other.x + other.width);
  const bottom = Math.max(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** A box of the map's proportions with all of this in its middle. */
function fitted({ x, y, width, height }: Box): Box {
  const scale = (1 + 2 * MARGIN) * Math.max(width / SIZE.width, height / SIZE.height);
  const [wide, high] = [scale * SIZE.width, scale * SIZE.height];
  return { x: x - (wide - width) / 2, y: y - (high - height) / 2, width: wide, height: high };
}

function rectangle({ x, y, width, height }: Box): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}
