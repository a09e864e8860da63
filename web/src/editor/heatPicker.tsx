/** What nodes are coloured by, and what the colours mean in figures. */

import { Flame } from "lucide-react";
import type { Drawing } from "../canvas/drawing.js";
import { heatColor, type Scale, scaleOf } from "../canvas/heat.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { bytes, count, exact } from "../format/figures.js";
import { type Heat, useLook, type View } from "./view.js";

const HEATS: readonly (readonly [heat: Heat, label: string])[] = [
  [null, "Heat off"],
  ["params", "Parameters"],
  ["macs", "MACs"],
  ["memory", "Memory"],
];
const MEANINGS: Record<Exclude<Heat, null>, string> = {
  params: "Parameters of each node",
  macs: "Multiply-accumulates of each node for one sample",
  memory: "Bytes of each node: weights, and activations kept for one sample",
};

export function HeatPicker({ drawing, view }: { drawing: Drawing; view: View }) {
  const heat = useLook(view, ({ heat }) => heat);
  return (
    <div className="grid justify-items-end gap-2">
      <label
        className={`flex min-h-11 items-center gap-2 rounded-full border border-line bg-raised pl-3 text-sm shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent-text sm:min-h-9 sm:text-xs ${heat === null ? "text-muted" : "text-accent-text"}`}
      >
        <Flame size={16} aria-hidden="true" className="shrink-0" />
        <span className="sr-only">Colour nodes by</span>
        <select
          value={heat ?? ""}
          onChange={({ target }) => view.paint((target.value || null) as Heat)}
          className="min-h-11 cursor-pointer rounded-r-full bg-transparent pr-2 font-medium outline-none sm:min-h-9"
        >
          {HEATS.map(([each, label]) => (
            <option key={label} value={each ?? ""} className="bg-raised text-ink">
              {label}
            </option>
          ))}
        </select>
      </label>
      {heat === null ? null : <Legend drawing={drawing} view={view} heat={heat} />}
    </div>
  );
}

function Legend({ drawing, view, heat }: { drawing: Drawing; view: View; heat: Exclude<Heat, null> }) {
  const analysis = useDrawn(drawing, ({ analysis }) => analysis);
  const path = useLook(view, ({ path }) => path);
  const scale = scaleOf(analysis, path, heat);
  return (
    <div className="grid w-60 grid-cols-[minmax(0,1fr)] max-w-[calc(100vw-1.5rem)] gap-1.5 rounded-[14px] border border-line bg-raised p-3 text-xs text-muted shadow-card">
      <p className="text-pretty">{MEANINGS[heat]}, on a log scale</p>
      {scale ? <Bar scale={scale} heat={heat} /> : <p>No node takes any yet.</p>}
    </div>
  );
}

function Bar({ scale, heat }: { scale: Scale; heat: Heat }) {
  const { least, most } = scale;
  const told = (text: string) => (heat === "memory" ? bytes(text) : count(text));
  const label = `From ${told(least.text)} at ${least.id} to ${told(most.text)} at ${most.id}`;
  return (
    <div role="img" aria-label={label} className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1">
      <div
        className="h-2.5 rounded-full border border-line"
        style={{ background: `linear-gradient(to right, ${heatColor(0.12)}, ${heatColor(1)})` }}
      />
      <p aria-hidden="true" className="tabular flex justify-between gap-3">
        {[least, most].map((end, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the least and the most, in this order.
          <span key={at} title={exact(end.text)} className="min-w-0 truncate">
            <span className="font-medium text-ink">{told(end.text)}</span> <bdi>{end.id}</bdi>
          </span>
        ))}
      </p>
    </div>
  );
}
