/**
 * All edges of a drawing that is seen from afar, in a few paths: an element for each would cost more than all nodes.
 *
 * Edges are taken by the dozens in their order, so that a node on the move draws only a few paths again.
 */

import { useStore as useFlowStore, ViewportPortal } from "@xyflow/react";
import { type CSSProperties, memo, useState } from "react";
import { thickness } from "./afar.js";
import type { FlowEdge, FlowNode } from "./flow.js";
import { wayOf } from "./way.js";

const TOGETHER = 48;

interface Props {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

export const FarWires = memo(function FarWires({ nodes, edges }: Props) {
  const [ways] = useState(() => new Ways());
  const strokeWidth = useFlowStore(({ transform }) => thickness(transform[2]));
  return (
    <ViewportPortal>
      <svg aria-hidden="true" className="pointer-events-none absolute top-0 left-0 -z-1 overflow-visible">
        {ways.strands(nodes, edges).map(({ path, wrong }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: strands have no name but their place.
          <path key={at} d={path} className="react-flow__edge-path" style={styleOf(wrong, strokeWidth)} />
        ))}
      </svg>
    </ViewportPortal>
  );
});

function styleOf(wrong: boolean, strokeWidth: number | null): CSSProperties {
  return { ...(wrong && { stroke: "var(--bad)" }), ...(strokeWidth !== null && { strokeWidth }) };
}

interface Strand {
  readonly path: string;
  readonly wrong: boolean;
}

interface Way {
  readonly source: FlowNode;
  readonly target: FlowNode;
  readonly path: string;
}

/** The ways of edges; those whose ends did not move are not worked out again. */
class Ways {
  private known = new Map<string, Way>();

  /** The selected edge is left out: it is an element of its own. */
  strands(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): readonly Strand[] {
    const places = new Map(nodes.map((node) => [node.id, node]));
    const before = this.known;
    this.known = new Map();
    const drawn = edges.filter(({ selected }) => !selected);
    const [well, wrong] = [drawn.filter(({ data }) => !data?.wrong), drawn.filter(({ data }) => data?.wrong)];
    const paths = (some: FlowEdge[]) => some.map((edge) => this.path(edge, before.get(edge.id), places));
    return [
      ...joined(paths(well)).map((path) => ({ path, wrong: false })),
      ...joined(paths(wrong)).map((path) => ({ path, wrong: true })),
    ];
  }

  private path(edge: FlowEdge, before: Way | undefined, places: ReadonlyMap<string, FlowNode>): string {
    const [source, target] = [places.get(edge.source), places.get(edge.target)];
    if (!source || !target) return "";
    const same = before?.source === source && before.target === target;
    const way = same ? before : { source, target, path: wayBetween(edge, source, target) };
    this.known.set(edge.id, way);
    return way.path;
  }
}

function wayBetween({ sourceHandle, targetHandle }: FlowEdge, source: FlowNode, target: FlowNode): string {
  const [from, to] = [placeOf(source, "source", sourceHandle), placeOf(target, "target", targetHandle)];
  return wayOf({ sourceX: from.x, sourceY: from.y, targetX: to.x, targetY: to.y })[0];
}

/** Where on the canvas a port is; the middle of the node for one that is not there. */
function placeOf({ position, handles = [], width = 0, height = 0 }: FlowNode, side: string, id: unknown) {
  const found = handles.find((handle) => handle.type === side && handle.id === id);
  if (!found) return { x: position.x + width / 2, y: position.y + height / 2 };
  return { x: position.x + found.x + (found.width ?? 0) / 2, y: position.y + found.y };
}

function joined(paths: readonly string[]): readonly string[] {
  const strands = Math.ceil(paths.length / TOGETHER);
  return Array.from({ length: strands }, (_, at) => paths.slice(at * TOGETHER, (at + 1) * TOGETHER).join(""));
}
