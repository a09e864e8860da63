/** The keyboard on the editor's page, as long as nobody types into a field or answers a dialog. */

import { useEffect } from "react";
import { type Command, commandOf, LOOKING } from "../canvas/keymap.js";
import { type Editing, useEditing } from "./editing.js";
import { carryOut } from "./keys.js";
import { nextTarget } from "./pending.js";
import { refused } from "./saying.js";

const FIELDS = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=alertdialog]";
/** Keys that mean something else at a button or in a list outside the canvas. */
const CANVAS_ONLY = new Set<Command>(["open", "remove", "goUp", "goDown", "goLeft", "goRight"]);

export function useKeys(): void {
  const editing = useEditing();
  useEffect(() => {
    const press = (event: KeyboardEvent) => pressed(editing, event);
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [editing]);
}

function pressed(editing: Editing, event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.defaultPrevented || event.isComposing || target.closest(FIELDS)) return;
  const { bench, view } = editing;
  const { pending } = bench.state.getState();
  const node = target.closest<HTMLElement>("[data-node-id]")?.dataset.nodeId;
  if (event.key === "Tab" && pending) {
    nextTarget(editing, event.shiftKey ? -1 : 1);
    event.preventDefault();
    return;
  }
  if (event.key === " " && node !== undefined) {
    view.select([node]);
    event.preventDefault();
    return;
  }
  const command = commandOf(event);
  if (!command || (CANVAS_ONLY.has(command) && !onCanvas(target))) return;
  if (!LOOKING.has(command) && refused()) {
    event.preventDefault();
    return;
  }
  if (node !== undefined && !pending && !view.state.getState().selection.includes(node)) view.select([node]);
  if (carryOut(editing, command)) event.preventDefault();
}

/** On the canvas itself or one of its nodes, or nowhere in particular; not on a button over it. */
function onCanvas(target: HTMLElement): boolean {
  if (target === document.body) return true;
  return target.closest("[data-canvas]") !== null && target.closest("button, a") === null;
}
