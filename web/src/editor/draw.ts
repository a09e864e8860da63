/** Drawing from beside the canvas: what cannot be done is a notice that says why. */

import { type Edit, EditError } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { notify } from "../ui/notices.js";
import { refused } from "./saying.js";

/** Draws edits of the whole; false where they cannot be. */
export function draw(drawing: Drawing, edits: readonly Edit[], label: string): boolean {
  if (refused()) return false;
  try {
    drawing.edit(edits, label);
    return true;
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    notify({ text: error.reason.charAt(0).toUpperCase() + error.reason.slice(1), tone: "warn" });
    return false;
  }
}
