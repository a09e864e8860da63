/** All about what is selected: one node with its settings and figures, several together, or the drawing itself. */

import type { Drawing } from "../canvas/drawing.js";
import { graphAt, nameAt } from "../canvas/scope.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { DrawingSummary } from "./drawingSummary.js";
import { NodeInspector } from "./nodeInspector.js";
import { SelectionInspector } from "./selectionInspector.js";
import { useLook, type View } from "./view.js";

export function Inspector({ drawing, view }: { drawing: Drawing; view: View }) {
  const path = useLook(view, ({ path }) => path);
  const selection = useLook(view, ({ selection }) => selection);
  const whole = useDrawn(drawing, ({ graph }) => graph);
  const graph = graphAt(whole, path);
  const nodes = graph?.nodes.filter(({ id }) => selection.includes(id)) ?? [];
  const [only, second] = nodes;
  const shared = { drawing, view, path };
  if (!graph || !only) return <DrawingSummary {...shared} />;
  if (second) return <SelectionInspector {...shared} graph={graph} nodes={nodes} />;
  return <NodeInspector key={nameAt(path, only.id)} {...shared} graph={graph} node={only} />;
}
