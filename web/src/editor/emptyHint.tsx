/** What an empty drawing offers to begin with. */

import { useDrawn } from "../canvas/useDrawing.js";
import { Button, ButtonLink } from "../ui/button.js";
import { useEditing } from "./editing.js";
import { useLook } from "./view.js";

export function EmptyHint() {
  const { drawing, view, commands } = useEditing();
  const empty = useDrawn(drawing, ({ graph }) => graph.nodes.length === 0);
  const project = useDrawn(drawing, ({ projectId }) => projectId);
  const inside = useLook(view, ({ path }) => path.length > 0);
  if (!empty || inside) return null;
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center p-6">
      <div className="pointer-events-auto grid max-w-sm justify-items-center gap-3 text-center">
        <h2 className="text-lg font-semibold text-balance">Nothing drawn yet</h2>
        <p className="text-sm text-pretty text-muted">
          A network begins with what it is given. Add an Input, then the layers it runs through, then an Output.
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="primary" onClick={() => commands.add("Input")}>
            Add an Input
          </Button>
          <ButtonLink href={`/projects/${project}/templates`}>Start from a template</ButtonLink>
        </div>
      </div>
    </div>
  );
}
