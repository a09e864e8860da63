/** On a phone, while nodes are selected and no sheet is open: what is done with them most. */

import { CopyPlus, Ellipsis, LogIn, SlidersHorizontal, Spline, Trash2 } from "lucide-react";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { IconButton } from "../ui/button.js";
import { useDoing, useEditing } from "./editing.js";
import { beginConnecting } from "./pending.js";
import { useLook } from "./view.js";

export function SelectionStrip() {
  const editing = useEditing();
  const { view, commands, drawing, bench } = editing;
  const selection = useLook(view, (look) => look.selection);
  const closed = useLook(view, ({ panel }) => panel === null);
  const pending = useDoing((doing) => doing.pending !== null);
  const readOnly = useReadOnly() !== null;
  useDrawn(drawing, ({ graph }) => graph);
  const node = commands.node(selection[0]);
  if (!node || !closed || pending) return null;
  const many = selection.length > 1;
  return (
    <div
      role="toolbar"
      aria-label="Selection"
      className="absolute inset-x-3 bottom-3 z-20 flex items-center rounded-[14px] border border-line bg-raised py-0.5 pr-0.5 pl-3 shadow-float"
    >
      <p dir="auto" className="min-w-0 grow truncate text-sm font-medium">
        {many ? `${selection.length} nodes` : `${node.type} ${node.id}`}
      </p>
      {many ? null : (
        <>
          {node.graph ? (
            <IconButton label="Open the Block" onClick={() => commands.open()}>
              <LogIn size={18} />
            </IconButton>
          ) : null}
          <IconButton label="Settings" onClick={() => view.show("inspector")}>
            <SlidersHorizontal size={18} />
          </IconButton>
          {readOnly ? null : (
            <IconButton label="Connect" onClick={() => beginConnecting(editing)}>
              <Spline size={18} />
            </IconButton>
          )}
        </>
      )}
      {readOnly ? null : (
        <>
          <IconButton label="Duplicate" onClick={() => commands.clipboard.duplicate()}>
            <CopyPlus size={18} />
          </IconButton>
          <IconButton label="Delete" onClick={() => commands.remove()}>
            <Trash2 size={18} className="text-bad" />
          </IconButton>
        </>
      )}
      <IconButton
        label="More for the selection"
        onClick={({ clientX: x, clientY: y }) => bench.set({ menu: { x, y: y - 8 } })}
      >
        <Ellipsis size={18} />
      </IconButton>
    </div>
  );
}
