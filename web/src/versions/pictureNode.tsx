/** A node in a picture of a state: its card, and a word for what became of it. */

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import type { CardState } from "../canvas/cards.js";
import { type Socket, socketPlaces } from "../canvas/sockets.js";
import { NodeCard } from "../editor/nodeCard.js";
import type { Mark } from "./comparison.js";
import type { Drawn } from "./scene.js";

const STATES: Record<Mark, CardState> = {
  added: "added",
  ungrouped: "added",
  removed: "removed",
  grouped: "changed",
  changed: "changed",
  replaced: "changed",
  renamed: "changed",
};
const TAGS: Partial<Record<CardState, string>> = {
  added: "bg-good text-page",
  removed: "bg-bad text-page",
  changed: "bg-warn text-page",
};

export const PictureNode = memo(function PictureNode({ data: { card, mark }, selected }: NodeProps<Drawn>) {
  const state = mark ? STATES[mark] : card.state;
  const { type, id, settings, shape, params, holds, width } = card;
  return (
    <>
      <Ports sockets={card.inputs} width={width} kind="target" />
      <NodeCard {...{ type, id, settings, shape, params, holds, state, selected }} />
      <Ports sockets={card.outputs} width={width} kind="source" />
      {mark ? (
        <span
          className={`pointer-events-none absolute -top-2.5 right-3 rounded-full px-2 text-[11px] leading-5 font-semibold ${TAGS[state] ?? ""}`}
        >
          {mark}
        </span>
      ) : null}
    </>
  );
});

function Ports({ sockets, width, kind }: { sockets: readonly Socket[]; width: number; kind: "source" | "target" }) {
  const places = socketPlaces(sockets, width);
  return sockets.map(({ handle }, at) => (
    <Handle
      key={handle}
      id={handle}
      type={kind}
      position={kind === "target" ? Position.Top : Position.Bottom}
      isConnectable={false}
      className="pointer-events-none size-0 min-h-0 min-w-0 border-0 opacity-0"
      style={{ left: places[at] as number }}
    />
  ));
}
