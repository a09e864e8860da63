/** Carrying a layer from the palette onto the canvas, by mouse and by finger alike; without moving, it is a tap. */

import { type MouseEvent, type PointerEvent, useRef } from "react";
import { type Editing, useEditing } from "./editing.js";

const STILL_PX = 8;

export function usePaletteDrag(type: string, tap: () => void) {
  const editing = useEditing();
  const carried = useRef(false);
  return {
    onPointerDown({ button, isPrimary, pointerId, clientX, clientY }: PointerEvent) {
      carried.current = false;
      if (button !== 0 || !isPrimary) return;
      follow(editing, type, pointerId, { x: clientX, y: clientY }, () => {
        carried.current = true;
      });
    },
    onClick(event: MouseEvent) {
      // The click that ends a drag, not one of a key, whose detail is 0.
      if (carried.current && event.detail > 0) return;
      tap();
    },
    onDragStart: (event: { preventDefault(): void }) => event.preventDefault(),
  };
}

function follow(editing: Editing, type: string, pointer: number, start: { x: number; y: number }, began: () => void) {
  const { bench, commands } = editing;
  const ending = new AbortController();
  let moving = false;
  const stop = () => {
    ending.abort();
    bench.set({ carried: null, over: null });
  };
  const on = (name: "pointermove" | "pointerup" | "pointercancel", act: (event: globalThis.PointerEvent) => void) =>
    window.addEventListener(name, (event) => event.pointerId === pointer && act(event), { signal: ending.signal });
  on("pointermove", ({ clientX: x, clientY: y }) => {
    if (!moving && Math.hypot(x - start.x, y - start.y) < STILL_PX) return;
    if (!moving) began();
    moving = true;
    bench.set({ carried: { type, at: { x, y } }, over: under(x, y).edge });
  });
  on("pointerup", ({ clientX: x, clientY: y }) => {
    const { canvas, edge } = under(x, y);
    stop();
    if (moving && canvas) commands.addAt(type, { x, y }, edge);
  });
  on("pointercancel", stop);
  window.addEventListener("keydown", ({ key }) => key === "Escape" && stop(), { signal: ending.signal });
}

/** Whether the canvas is there, and the edge that is nearest to the pointer. */
function under(x: number, y: number): { canvas: boolean; edge: string | null } {
  const top = document.elementFromPoint(x, y);
  const edge = top?.closest<HTMLElement>(".react-flow__edge")?.dataset.id ?? null;
  return { canvas: top?.closest("[data-canvas]") != null, edge };
}
