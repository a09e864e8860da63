/** What nodes are coloured by, and what the colours mean in figures. */

import { Flame } from "lucide-react";
import type { Drawing } from "../canvas/drawing.js";
import { heatColor, type Scale, scaleOf } from "../canvas/heat.js";
import { bytes, count, exact } from "../format/figures.js";
import { useDrawn } from "./useDrawing.js";
import { type Heat, useLook, type View } from "./view.js";

const HEATS: readonly (readonly [heat: Heat, label: string])[] = [
  [null, "Off"],
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
    <fieldset className="grid min-w-0 gap-2">
      <legend className="sr-only">Colour nodes by</legend>
      <div className="flex items-center rounded-xl border border-line bg-sunken p-0.5">
        <Flame size={16} aria-hidden="true" className="mx-1.5 shrink-0 text-muted" />
        {HEATS.map(([each, label]) => (
          <label
            key={label}
            className="grid min-h-10 min-w-0 grow cursor-pointer place-items-center rounded-[10px] px-2 text-xs font-medium text-muted select-none has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent-text sm:min-h-8 sm:px-2.5"
          >
            <input
              type="radio"
              name="heat"
              className="sr-only"
              checked={heat === each}
              onChange={() => view.paint(each)}
            />
            {label}
          </label>
        ))}
      </div>
      {heat === null ? null : <Legend drawing={drawing} view={view} heat={heat} />}
    </fieldset>
  );
}

function Legend({ drawing, view, heat }: { drawing: Drawing; view: View; heat: Exclude<Heat, null> }) {
  const analysis = useDrawn(drawing, ({ analysis }) => analysis);
  const path = useLook(view, ({ path }) => path);
  const scale = scaleOf(analysis, path, heat);
  return (
    <div className="grid gap-1 px-1 text-xs text-muted">
      <p>{MEANINGS[heat]}, on a log scale</p>
      {scale ? <Bar scale={scale} heat={heat} /> : <p>No node takes any yet.</p>}
    </div>
  );
}

function Bar({ scale, heat }: { scale: Scale; heat: Heat }) {
  const { least, most } = scale;
  const told = (text: string) => (heat === "memory" ? bytes(text) : count(text));
  const label = `From ${told(least.text)} at ${least.id} to ${told(most.text)} at ${most.id}`;
  return (
    <div role="img" aria-label={label} className="grid gap-1">
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
