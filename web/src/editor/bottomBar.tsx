/** A phone's controls, where thumbs are. */

import { Ellipsis, Plus, Redo2, TriangleAlert, Undo2 } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { NOTHING_TO_UNDO } from "./commands.js";
import { DocumentMenu } from "./documentMenu.js";
import { useEditing } from "./editing.js";
import { type Panel, useLook } from "./view.js";

export function BottomBar() {
  const { drawing, view } = useEditing();
  const readOnly = useReadOnly() !== null;
  const problems = useDrawn(drawing, ({ analysis }) => analysis.issues.length);
  const panel = useLook(view, (look) => look.panel);
  const toggle = (wanted: Panel) => view.show(panel === wanted ? null : wanted);
  return (
    <div
      role="toolbar"
      aria-label="Editing"
      className="z-30 grid shrink-0 auto-cols-fr grid-flow-col border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]"
    >
      {readOnly ? null : <Changing />}
      <Item
        label={problems === 0 ? "Problems" : `Problems, ${problems}`}
        aria-expanded={panel === "problems"}
        onClick={() => toggle("problems")}
      >
        <span className="relative">
          <TriangleAlert size={20} />
          {problems > 0 ? (
            <span className="tabular absolute -top-1.5 left-3.5 rounded-full bg-bad-soft px-1 text-[10px] font-semibold text-bad">
              {Math.min(problems, 99)}
            </span>
          ) : null}
        </span>
      </Item>
      <DocumentMenu>
        <Item label="More">
          <Ellipsis size={20} />
        </Item>
      </DocumentMenu>
    </div>
  );
}

/** Not for guests and viewers. */
function Changing() {
  const { drawing, view, commands } = useEditing();
  const [undo, redo] = [useDrawn(drawing, (drawn) => drawn.undo), useDrawn(drawing, (drawn) => drawn.redo)];
  const panel = useLook(view, (look) => look.panel);
  return (
    <>
      <Item
        label="Add"
        aria-expanded={panel === "palette"}
        onClick={() => view.show(panel === "palette" ? null : "palette")}
      >
        <Plus size={20} />
      </Item>
      <Item
        label="Undo"
        disabled={undo === null}
        title={undo === null ? NOTHING_TO_UNDO : `Undo: ${undo}`}
        onClick={() => commands.undo()}
      >
        <Undo2 size={20} />
      </Item>
      <Item label="Redo" disabled={redo === null} title={redo ?? undefined} onClick={() => commands.redo()}>
        <Redo2 size={20} />
      </Item>
    </>
  );
}

function Item(props: ButtonHTMLAttributes<HTMLButtonElement> & { label: string; children: ReactNode }) {
  const { label, children, ...rest } = props;
  return (
    <button
      type="button"
      aria-label={label}
      className="grid h-14 place-items-center content-center gap-0.5 text-[11px] text-muted aria-expanded:text-accent-text disabled:opacity-40"
      {...rest}
    >
      {children}
      <span aria-hidden="true">{label.split(",", 1)[0]}</span>
    </button>
  );
}
