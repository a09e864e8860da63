/**
 * A port of a node: a dot to see, 28 px to hit, as its neighbour across the gap is 32 px away. It is dragged from, or tapped.
 *
 * The element that xyflow measures is a point at the rim, as edges end at its outer side.
 */

import { Handle, Position } from "@xyflow/react";
import { memo } from "react";
import type { Socket } from "../canvas/sockets.js";
import { useDoing, useEditing } from "./editing.js";
import { tapPort } from "./pending.js";

interface Props {
  readonly node: string;
  readonly socket: Socket;
  readonly side: "input" | "output";
  /** Where on the side of the node. */
  readonly left: number;
}

export const Port = memo(function Port({ node, socket, side, left }: Props) {
  const editing = useEditing();
  const input = side === "input";
  const { handle, label, optional, aside } = socket;
  const begun = useDoing(({ pending }) => pending?.node === node && pending.handle === handle && pending.side === side);
  const wanted = useDoing(({ pending }) => pending !== null && pending.side !== side && pending.node !== node);
  const ring = begun ? "scale-150 border-accent bg-accent" : wanted ? "scale-130 border-accent bg-accent-soft" : "";
  const faint = optional || aside ? "border-dashed opacity-70" : "";
  return (
    <Handle
      id={handle}
      type={input ? "target" : "source"}
      position={input ? Position.Top : Position.Bottom}
      role="button"
      aria-label={`${input ? "Input" : "Output"} ${handle} of ${node}`}
      title={handle}
      onClick={(event) => {
        event.stopPropagation();
        tapPort(editing, node, handle, side);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
      style={{ left }}
      className="group/port size-px min-h-0 min-w-0 border-0 bg-transparent"
    >
      <span className="absolute -inset-3.5 rounded-full group-data-far/canvas:pointer-events-none" />
      <span
        className={`pointer-events-none absolute -inset-[5px] rounded-full border-2 border-line-strong bg-surface transition-transform group-hover/port:scale-150 group-hover/port:border-accent ${faint} ${ring}`}
      />
      {label === null ? null : (
        <span
          className={`pointer-events-none absolute right-2 max-w-14 truncate text-[9px] leading-none text-muted group-data-far/canvas:hidden ${input ? "bottom-1" : "top-1"}`}
        >
          {label}
        </span>
      )}
    </Handle>
  );
});
