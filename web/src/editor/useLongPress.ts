/** A finger that rests on a node opens the menu of the selection. */

import { type PointerEvent, useRef } from "react";
import { openMenu } from "./canvas.js";
import { useEditing } from "./editing.js";

const HELD_MS = 500;
const STILL_PX = 10;

export function useLongPress() {
  const editing = useEditing();
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const release = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  return {
    onPointerDownCapture({ pointerType, isPrimary, target, clientX: x, clientY: y }: PointerEvent) {
      release();
      const node = (target as Element).closest<HTMLElement>("[data-node-id]")?.dataset.nodeId;
      if (pointerType === "mouse" || !isPrimary || node === undefined) return;
      if ((target as Element).closest(".react-flow__handle")) return;
      press.current = { timer: setTimeout(() => openMenu(editing, node, { x, y }), HELD_MS), x, y };
    },
    onPointerMoveCapture({ clientX, clientY }: PointerEvent) {
      const from = press.current;
      if (from && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) release();
    },
    onPointerUpCapture: release,
    onPointerCancelCapture: release,
  };
}
