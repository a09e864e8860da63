/** A node on the canvas: its card and its ports. */

import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { type Socket, socketPlaces } from "../canvas/sockets.js";
import { useCrowded } from "./afar.js";
import { useDoing } from "./editing.js";
import { FarCard } from "./farCard.js";
import type { FlowNode as Drawn } from "./flow.js";
import { NodeCard } from "./nodeCard.js";
import { Port } from "./port.js";

export const FlowNode = memo(function FlowNode({ id, data: { card, heat }, selected }: NodeProps<Drawn>) {
  const aimed = useDoing(({ pending }) => pending?.target === id);
  const crowded = useCrowded();
  const { type, settings, shape, params, state, holds, trouble, inputs, outputs, width } = card;
  if (crowded) return <FarCard {...{ type, state, trouble, heat }} selected={selected || aimed} />;
  return (
    <div className="size-full" title={trouble || undefined}>
      <NodeCard {...{ type, id, settings, shape, params, state, holds, heat }} selected={selected || aimed} />
      <Ports {...{ id, width }} sockets={inputs} side="input" />
      <Ports {...{ id, width }} sockets={outputs} side="output" />
    </div>
  );
});

function Ports(props: { id: string; sockets: readonly Socket[]; side: "input" | "output"; width: number }) {
  const { id, sockets, side, width } = props;
  const places = socketPlaces(sockets, width);
  return sockets.map((socket, at) => (
    <Port key={socket.handle} {...{ node: id, socket, side }} left={places[at] as number} />
  ));
}
