/** How much of the drawing's figures each node takes, to colour nodes by. */

import type { Analysis } from "../blueprint/index.js";
import type { Heat } from "../editor/view.js";
import type { Path } from "./scope.js";

/** 0..1 by node id of the graph at a path, on a log scale; Blocks as a whole. */
export function heatOf(_analysis: Analysis, _path: Path, _heat: Heat): ReadonlyMap<string, number> {
  return new Map();
}
