/** A port of a node: a dot to see, 24 px and more to hit. It is dragged from, or tapped. */

import { Handle, Position } from "@xyflow/react";
import { memo } from "react";
import { portAt } from "../canvas/geometry.js";
import type { Socket } from "../canvas/sockets.js";
import { useDoing, useEditing } from "./editing.js";
import { tapPort } from "./pending.js";

interface Props {
  readonly node: string;
  readonly socket: Socket;
  readonly side: "input" | "output";
  readonly at: number;
  readonly of: number;
  readonly width: number;
}

export const Port = memo(function Port({ node, socket, side, at, of, width }: Props) {
  const editing = useEditing();
  const input = side === "input";
  const { handle, label, optional, spare } = socket;
  const begun = useDoing(({ pending }) => pending?.node === node && pending.handle === handle && pending.side === side);
  const wanted = useDoing(({ pending }) => pending !== null && pending.side !== side && pending.node !== node);
  const ring = begun ? "scale-150 border-accent bg-accent" : wanted ? "scale-130 border-accent bg-accent-soft" : "";
  const faint = optional || spare ? "border-dashed opacity-70" : "";
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
      style={{ left: portAt(at, of, width) }}
      className="group/port grid size-7 place-items-center rounded-full pointer-coarse:size-9"
    >
      <span
        className={`pointer-events-none size-2.5 rounded-full border-2 border-line-strong bg-surface transition-transform group-hover/port:scale-150 group-hover/port:border-accent ${faint} ${ring}`}
      />
      {label === null ? null : (
        <span
          className={`pointer-events-none absolute right-1/2 mr-2 max-w-14 truncate text-[9px] leading-none text-muted group-data-far/canvas:hidden ${input ? "bottom-[calc(50%+4px)]" : "top-[calc(50%+4px)]"}`}
        >
          {label}
        </span>
      )}
    </Handle>
  );
});
