/** The way into the Block that is open, and back out. */

import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { useDrawn } from "../canvas/useDrawing.js";
import { useEditing } from "./editing.js";
import { useLook } from "./view.js";

const STEP = "min-h-11 max-w-40 truncate rounded-lg px-2 text-sm sm:min-h-8";

export function Breadcrumbs() {
  const { view, drawing, commands } = useEditing();
  const path = useLook(view, (look) => look.path);
  const name = useDrawn(drawing, (drawn) => drawn.name);
  if (path.length === 0) return null;
  return (
    <nav
      aria-label="Inside the architecture"
      className="absolute top-3 left-3 z-10 flex max-w-[calc(100%-1.5rem)] items-center overflow-x-auto rounded-[14px] border border-line bg-raised px-1 shadow-card"
    >
      <button
        type="button"
        dir="auto"
        className={`${STEP} text-muted hover:text-ink`}
        onClick={() => commands.enter([])}
      >
        {name}
      </button>
      {path.map((id, at) => (
        <Fragment key={path.slice(0, at + 1).join("/")}>
          <ChevronRight size={14} aria-hidden="true" className="shrink-0 text-muted" />
          {at === path.length - 1 ? (
            <span aria-current="page" dir="auto" className={`${STEP} grid items-center font-medium`}>
              {id}
            </span>
          ) : (
            <button
              type="button"
              dir="auto"
              className={`${STEP} text-muted hover:text-ink`}
              onClick={() => commands.enter(path.slice(0, at + 1))}
            >
              {id}
            </button>
          )}
        </Fragment>
      ))}
    </nav>
  );
}
