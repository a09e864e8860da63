/** An edge on the canvas: the way from port to port, what flows along it, and buttons while it is selected. */

import { EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { Plus, Trash2 } from "lucide-react";
import { memo } from "react";
import { useReadOnly } from "../gateway/readOnly.js";
import { useDoing, useEditing } from "./editing.js";
import type { FlowEdge } from "./flow.js";
import { wayOf } from "./way.js";

export const WireEdge = memo(function WireEdge(props: EdgeProps<FlowEdge>) {
  const { id, data, selected = false } = props;
  const over = useDoing((doing) => doing.over === id);
  const [path, x, y] = wayOf(props);
  const readOnly = useReadOnly() !== null;
  const colour = data?.wrong ? "var(--bad)" : over ? "var(--accent)" : undefined;
  return (
    <>
      <path
        d={path}
        fill="none"
        className="react-flow__edge-path"
        style={{ ...(colour && { stroke: colour }), ...(over && { strokeWidth: 4 }) }}
      />
      <path d={path} fill="none" strokeOpacity={0} strokeWidth={24} className="react-flow__edge-interaction" />
      {selected && !readOnly ? (
        <WireButtons id={id} x={x} y={y} />
      ) : data?.shape ? (
        <text
          x={x + 7}
          y={y + 3.5}
          className={`tabular pointer-events-none stroke-page stroke-[3px] text-[10px] [paint-order:stroke] group-data-far/canvas:hidden ${data.wrong ? "fill-bad" : "fill-muted"}`}
        >
          {data.shape}
        </text>
      ) : null}
    </>
  );
});

const BUTTON =
  "grid size-9 place-items-center rounded-full border border-line bg-raised text-ink shadow-card hover:bg-sunken pointer-coarse:size-11";

function WireButtons({ id, x, y }: { id: string; x: number; y: number }) {
  const { bench, commands } = useEditing();
  const edge = commands.edge(id);
  if (!edge) return null;
  const between = `between ${edge.source} and ${edge.target}`;
  return (
    <EdgeLabelRenderer>
      <div
        className="nopan nodrag pointer-events-auto absolute z-10 flex gap-2"
        style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
      >
        <button
          type="button"
          aria-label={`Insert a layer ${between}`}
          title="Insert a layer"
          className={BUTTON}
          onClick={({ clientX, clientY }) =>
            bench.set({ quickAdd: { at: { x: clientX, y: clientY }, query: "", from: null, onto: id } })
          }
        >
          <Plus size={18} />
        </button>
        <button
          type="button"
          aria-label={`Remove the edge ${between}`}
          title="Remove"
          className={BUTTON}
          onClick={() => commands.disconnect(edge)}
        >
          <Trash2 size={16} className="text-bad" />
        </button>
      </div>
    </EdgeLabelRenderer>
  );
}
