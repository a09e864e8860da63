/** Whether the server has what is drawn. */

import { CloudCheck, CloudOff, RefreshCw } from "lucide-react";
import type { Drawing, Saving } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";

const SAID: Record<Saving, string> = {
  saved: "Saved",
  sending: "Saving…",
  waiting: "Offline: kept on this device",
};
const MARKS: Record<Saving, typeof CloudCheck> = { saved: CloudCheck, sending: RefreshCw, waiting: CloudOff };

export function SavingState({ drawing }: { drawing: Drawing }) {
  const saving = useDrawn(drawing, (drawn) => drawn.saving);
  const Mark = MARKS[saving];
  return (
    <span
      aria-live="polite"
      title={SAID[saving]}
      className={`flex min-w-0 items-center gap-1.5 text-xs ${saving === "waiting" ? "text-warn" : "text-muted"}`}
    >
      <Mark size={14} aria-hidden="true" className="shrink-0" />
      <span className="truncate">{SAID[saving]}</span>
    </span>
  );
}
