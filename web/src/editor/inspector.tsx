/** Inspector of a drawing. */

import type { Drawing } from "../canvas/drawing.js";
import type { View } from "./view.js";

export function Inspector(_: { drawing: Drawing; view: View }) {
  return null;
}
