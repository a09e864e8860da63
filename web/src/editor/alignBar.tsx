/** Over the canvas while several nodes are selected: putting them in line. */

import { Boxes } from "lucide-react";
import { IconButton } from "../ui/button.js";
import { useEditing } from "./editing.js";
import { ALIGNMENTS } from "./selectionMenu.js";
import { useLook } from "./view.js";

export function AlignBar() {
  const { view, commands } = useEditing();
  const many = useLook(view, ({ selection }) => selection.length > 1);
  if (!many) return null;
  return (
    <div
      role="toolbar"
      aria-label="Arrange the selection"
      className="absolute top-3 left-1/2 z-10 flex -translate-x-1/2 gap-0.5 rounded-[14px] border border-line bg-raised p-1 shadow-card"
    >
      {ALIGNMENTS.map(([alignment, label, icon]) => (
        <IconButton key={alignment} label={label} onClick={() => commands.align(alignment)}>
          {icon}
        </IconButton>
      ))}
      <IconButton label="Group into a Block" onClick={() => commands.group()}>
        <Boxes size={16} />
      </IconButton>
    </div>
  );
}
