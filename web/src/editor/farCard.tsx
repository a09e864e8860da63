/** How a node looks among many, from afar: the colour of its category, its layer, and whether something is wrong. */

import type { CardState } from "../canvas/cards.js";
import { colourOf, lookOf } from "../canvas/categories.js";
import { heatColor } from "../canvas/heat.js";
import { EDGES, Mark } from "./nodeCard.js";

interface Props {
  readonly type: string;
  readonly state: CardState;
  readonly trouble: string;
  readonly selected: boolean;
  readonly heat: number | null;
}

export function FarCard({ type, state, trouble, selected, heat }: Props) {
  return (
    <div
      title={trouble || undefined}
      className={`flex size-full items-center gap-2 overflow-hidden rounded-xl border bg-surface pr-2.5 text-[22px] font-semibold text-ink ${EDGES[state]} ${selected ? "outline-2 outline-accent" : ""}`}
      style={heat === null ? {} : { background: heatColor(heat) }}
    >
      <span className="h-full w-5 shrink-0 opacity-60" style={{ background: colourOf(lookOf(type)) }} />
      <span className="min-w-0 grow truncate">{type}</span>
      <Mark state={state} />
    </div>
  );
}
