/** The page where a network is drawn. */

import { useEffect, useMemo } from "react";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawing } from "../canvas/useDrawing.js";
import { Refusal, sentence } from "../gateway/outcome.js";
import { ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { Empty, Loading, Trouble } from "../ui/states.js";
import { EditingContext, editingOf } from "./editing.js";
import { Workspace } from "./workspace.js";

export default function Editor({ id }: { id: string }) {
  const { drawing, trouble } = useDrawing(id);
  if (trouble) return <Closed trouble={trouble} />;
  return drawing ? <Open drawing={drawing} /> : <Loading label="Opening the drawing" />;
}

function Open({ drawing }: { drawing: Drawing }) {
  const editing = useMemo(() => editingOf(drawing), [drawing]);
  useEffect(() => editing.flow.follow(), [editing]);
  return (
    <EditingContext value={editing}>
      <Workspace />
    </EditingContext>
  );
}

/** There is no such drawing, or it cannot be read. */
function Closed({ trouble }: { trouble: unknown }) {
  if (trouble instanceof Refusal && trouble.code === "NOT_FOUND") {
    return (
      <Frame title="Not found">
        <Empty title="There is no such drawing" action={<ButtonLink href="/">To the projects</ButtonLink>}>
          It may have been taken away, or it is not yours to see.
        </Empty>
      </Frame>
    );
  }
  return (
    <Frame title="The drawing does not open">
      <Trouble onRetry={() => window.location.reload()}>{sentence(trouble)}</Trouble>
    </Frame>
  );
}
