/** Whether the server has what is drawn; a version is another thing, and these words must not be taken for it. */

import { CloudCheck, CloudOff, RefreshCw } from "lucide-react";
import type { Drawing, Saving } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";

const SAID: Record<Saving, string> = {
  saved: "Every change kept",
  sending: "Keeping changes…",
  waiting: "Offline: kept on this device",
};
const MEANT: Record<Saving, string> = {
  saved: "The server has every change. A version, which can be trained, is what Save version makes of it.",
  sending: "The last changes are on their way to the server.",
  waiting: "The server gets the last changes once there is a connection.",
};
const MARKS: Record<Saving, typeof CloudCheck> = { saved: CloudCheck, sending: RefreshCw, waiting: CloudOff };

export function SavingState({ drawing }: { drawing: Drawing }) {
  const saving = useDrawn(drawing, (drawn) => drawn.saving);
  const Mark = MARKS[saving];
  return (
    <span
      aria-live="polite"
      title={MEANT[saving]}
      className={`flex min-w-0 items-center gap-1.5 text-xs ${saving === "waiting" ? "text-warn" : "text-muted"}`}
    >
      <Mark size={14} aria-hidden="true" className="shrink-0" />
      <span className="truncate">{SAID[saving]}</span>
    </span>
  );
}
