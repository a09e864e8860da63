/** Buttons over the canvas: how it is looked at, and the snapping of what is moved. */

import { BoxSelect, Grid3x3, Hand, Maximize, MousePointer2, Wand2, ZoomIn, ZoomOut } from "lucide-react";
import { useReadOnly } from "../gateway/readOnly.js";
import { IconButton } from "../ui/button.js";
import { useDoing, useEditing } from "./editing.js";
import { HeatPicker } from "./heatPicker.js";
import { useScreen } from "./useScreen.js";
import { useLook } from "./view.js";

export function CanvasTools() {
  const editing = useEditing();
  const { view, bench, commands, drawing } = editing;
  const navigating = useLook(view, (look) => look.navigating);
  const [snapping, banding] = [useDoing((doing) => doing.snapping), useDoing((doing) => doing.banding)];
  const phone = useScreen() === "phone";
  const readOnly = useReadOnly() !== null;
  return (
    <>
      <div
        role="toolbar"
        aria-label="Canvas tools"
        className="absolute bottom-17 left-3 z-10 flex flex-col sm:bottom-3 gap-0.5 rounded-[14px] border border-line bg-raised p-1 shadow-card"
      >
        {readOnly ? null : (
          <IconButton
            label={navigating ? "Moving the canvas; tap to edit" : "Editing; tap to move the canvas only"}
            aria-pressed={navigating}
            onClick={() => view.navigate(!navigating)}
          >
            {navigating ? <Hand size={18} /> : <MousePointer2 size={18} />}
          </IconButton>
        )}
        {phone ? null : (
          <IconButton
            label="Select by dragging"
            aria-pressed={banding}
            onClick={() => bench.set({ banding: !banding })}
          >
            <BoxSelect size={18} />
          </IconButton>
        )}
        {readOnly ? null : (
          <>
            <IconButton
              label="Snap to the grid"
              aria-pressed={snapping}
              onClick={() => bench.set({ snapping: !snapping })}
            >
              <Grid3x3 size={18} />
            </IconButton>
            <IconButton label="Tidy layout" onClick={() => void commands.tidy()}>
              <Wand2 size={18} />
            </IconButton>
          </>
        )}
        {phone ? null : (
          <>
            <IconButton label="Zoom in" onClick={() => bench.stage?.zoom(1.25)}>
              <ZoomIn size={18} />
            </IconButton>
            <IconButton label="Zoom out" onClick={() => bench.stage?.zoom(0.8)}>
              <ZoomOut size={18} />
            </IconButton>
          </>
        )}
        <IconButton label="Show all" onClick={() => bench.stage?.fit()}>
          <Maximize size={18} />
        </IconButton>
      </div>
      <div className="absolute top-3 right-3 z-10">
        <HeatPicker drawing={drawing} view={view} />
      </div>
    </>
  );
}
