/** The page where a network is drawn. */

import { useEffect, useMemo } from "react";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawing } from "../canvas/useDrawing.js";
import { Refusal, sentence } from "../gateway/outcome.js";
import { Frame } from "../ui/frame.js";
import { NotFound } from "../ui/notFound.js";
import { Loading, Trouble } from "../ui/states.js";
import { EditingContext, editingOf } from "./editing.js";
import { Workspace } from "./workspace.js";

export default function Editor({ id }: { id: string }) {
  const { drawing, trouble } = useDrawing(id);
  if (trouble) return <Closed trouble={trouble} />;
  return drawing ? <Open drawing={drawing} /> : <Loading label="Opening the architecture" />;
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

function Closed({ trouble }: { trouble: unknown }) {
  if (trouble instanceof Refusal && trouble.code === "NOT_FOUND") return <NotFound what="architecture" />;
  return (
    <Frame title="The architecture does not open">
      <Trouble onRetry={() => window.location.reload()}>{sentence(trouble)}</Trouble>
    </Frame>
  );
}
