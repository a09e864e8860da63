/** How a node looks, wherever one is drawn: its layer, its settings, what comes out of it and what that costs. */

import { CircleAlert, Hourglass, TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { CardState } from "../canvas/cards.js";
import { colourOf, lookOf } from "../canvas/categories.js";
import { CategoryMark } from "../canvas/categoryMark.js";
import { heatColor } from "../canvas/heat.js";

interface Props {
  readonly type: string;
  readonly id: string;
  /** "16 · 3×3 · pad 1" */
  readonly settings: string;
  /** "B × 16 × 8 × 8" */
  readonly shape: string;
  /** "11.7 M" */
  readonly params: string;
  readonly state?: CardState;
  readonly selected?: boolean;
  /** Its share of what the drawing is coloured by, null where it is not. */
  readonly heat?: number | null;
  /** Only what can be read from afar. */
  readonly compact?: boolean;
  /** How many nodes a Block holds. */
  readonly holds?: number | null;
}

export const EDGES: Record<CardState, string> = {
  plain: "border-line",
  error: "border-bad",
  warning: "border-warn",
  waiting: "border-line-strong border-dashed",
  added: "border-good bg-good-soft",
  removed: "border-bad border-dashed bg-bad-soft opacity-70",
  changed: "border-warn bg-warn-soft",
};
/** Seen from afar, a node shows its layer alone; `data-far` stands at the canvas. */
const NEAR = "group-data-far/canvas:hidden";

export const NodeCard = memo(function NodeCard(props: Props) {
  const { type, id, settings, shape, params } = props;
  const { state = "plain", selected = false, heat = null, compact = false, holds = null } = props;
  const background = heat === null ? {} : { background: heatColor(heat) };
  return (
    <div
      className={`flex size-full items-center gap-2 rounded-xl border bg-surface pr-2.5 pl-2 text-left text-ink shadow-card ${EDGES[state]} ${selected ? "outline-2 outline-accent" : ""}`}
      style={background}
    >
      <Emblem type={type} />
      <div className="min-w-0 grow leading-none">
        <p className="flex items-baseline gap-1.5">
          <span className="min-w-0 truncate py-px text-[13px] leading-4 font-semibold group-data-far/canvas:text-[22px] group-data-far/canvas:leading-7">
            {type}
          </span>
          <span
            dir="auto"
            className={`min-w-5 shrink-[4] truncate text-[11px] leading-4 text-muted ${compact ? "hidden" : NEAR}`}
          >
            {id}
          </span>
        </p>
        {compact ? null : (
          <>
            <p dir="auto" className={`h-3.5 truncate text-[11px] leading-3.5 text-muted ${NEAR}`}>
              {holds === null ? settings : [`${holds} inside`, settings].filter(Boolean).join(" · ")}
            </p>
            <p className={`tabular mt-0.5 flex h-3.5 gap-1.5 text-[11px] leading-3.5 ${NEAR}`}>
              <span className="min-w-0 grow truncate">{shape}</span>
              <span className="shrink-0 text-muted">{params}</span>
            </p>
          </>
        )}
      </div>
      <Mark state={state} />
    </div>
  );
});

function Emblem({ type }: { type: string }) {
  const look = lookOf(type);
  const colour = colourOf(look);
  return (
    <span
      className="grid size-7 shrink-0 place-items-center rounded-lg"
      style={{ color: colour, background: `color-mix(in oklab, ${colour} 14%, transparent)` }}
    >
      <CategoryMark look={look} />
    </span>
  );
}

export function Mark({ state }: { state: CardState }) {
  if (state === "error")
    return <CircleAlert size={15} aria-label="Error" className="shrink-0 self-start mt-2 text-bad" />;
  if (state === "warning")
    return <TriangleAlert size={15} aria-label="Warning" className="mt-2 shrink-0 self-start text-warn" />;
  if (state === "waiting")
    return <Hourglass size={15} aria-label="Waits" className="mt-2 shrink-0 self-start text-muted" />;
  return null;
}
