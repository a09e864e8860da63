/** The bar above the canvas: where one is, whether it is saved, taking back, and what comes next. */

import { ArrowLeft, EllipsisVertical, Play, Redo2, Save, Undo2 } from "lucide-react";
import { Link } from "wouter";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Button, ButtonLink, IconButton } from "../ui/button.js";
import { NOTHING_TO_UNDO } from "./commands.js";
import { DocumentMenu } from "./documentMenu.js";
import { useEditing } from "./editing.js";
import { SavingState } from "./savingState.js";
import { useScreen } from "./useScreen.js";

export function TopBar() {
  const { drawing } = useEditing();
  const name = useDrawn(drawing, (drawn) => drawn.name);
  const project = useDrawn(drawing, ({ projectId }) => projectId);
  const phone = useScreen() === "phone";
  const readOnly = useReadOnly();
  return (
    <header className="z-20 flex h-14 shrink-0 items-center gap-1 border-b border-line bg-surface px-2 sm:gap-2 sm:px-3">
      <Link
        href={`/projects/${project}`}
        aria-label="Back to the project"
        title="Back to the project"
        className="grid size-11 shrink-0 place-items-center rounded-[10px] text-muted hover:bg-sunken hover:text-ink sm:size-9"
      >
        <ArrowLeft size={20} />
      </Link>
      <div className="min-w-0 grow">
        <h1 dir="auto" title={name} className="truncate text-sm leading-tight font-semibold sm:text-base">
          {name}
        </h1>
        {readOnly === null ? (
          <SavingState drawing={drawing} />
        ) : (
          <p dir="auto" title={readOnly} className="truncate text-xs text-muted">
            {readOnly}
          </p>
        )}
      </div>
      {phone || readOnly !== null ? null : <Steps />}
      {readOnly === null ? <Ahead phone={phone} /> : null}
      {phone ? null : (
        <DocumentMenu>
          <IconButton label="More">
            <EllipsisVertical size={18} />
          </IconButton>
        </DocumentMenu>
      )}
    </header>
  );
}

/** What comes next: a version of what is drawn, and training it. */
function Ahead({ phone }: { phone: boolean }) {
  const { drawing, bench } = useEditing();
  return (
    <>
      <Button
        {...(phone && { "aria-label": "Save version", title: "Save version" })}
        className="max-sm:px-3"
        onClick={() => bench.set({ dialog: "save" })}
      >
        <Save size={18} aria-hidden="true" className="sm:hidden" />
        <span className="max-sm:hidden">Save version</span>
      </Button>
      <ButtonLink look="primary" href={`/architectures/${drawing.id}/train`} className="max-sm:px-3">
        <Play size={16} aria-hidden="true" />
        <span className="max-[360px]:sr-only">Train</span>
      </ButtonLink>
    </>
  );
}

function Steps() {
  const { drawing, commands } = useEditing();
  const [undo, redo] = [useDrawn(drawing, (drawn) => drawn.undo), useDrawn(drawing, (drawn) => drawn.redo)];
  return (
    <div className="flex">
      <IconButton
        label="Undo"
        title={undo === null ? NOTHING_TO_UNDO : `Undo: ${undo}`}
        disabled={undo === null}
        onClick={() => commands.undo()}
      >
        <Undo2 size={18} />
      </IconButton>
      <IconButton
        label="Redo"
        title={redo === null ? "Nothing to redo" : `Redo: ${redo}`}
        disabled={redo === null}
        onClick={() => commands.redo()}
      >
        <Redo2 size={18} />
      </IconButton>
    </div>
  );
}
