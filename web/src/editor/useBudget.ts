/** The budget of what is drawn, made anew once drawing pauses. */

import { useDeferredValue, useMemo } from "react";
import type { Drawing } from "../canvas/drawing.js";
import { Budget } from "../canvas/fits.js";
import { useDrawn } from "../canvas/useDrawing.js";

export function useBudget(drawing: Drawing): Budget {
  const drawn = useDeferredValue(useDrawn(drawing, (drawn) => drawn));
  const { graph, analysis, training } = drawn;
  return useMemo(() => new Budget(graph, analysis.totals, training), [graph, analysis, training]);
}
