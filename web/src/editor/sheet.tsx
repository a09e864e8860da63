/** A panel over the lower half of a phone, or at the right of a tablet; the canvas beside it stays in use. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../ui/button.js";

interface Props {
  readonly title: string;
  readonly side: "bottom" | "left" | "right";
  readonly onClose: () => void;
  readonly children: ReactNode;
}

const SIDES: Record<Props["side"], string> = {
  bottom: "inset-x-0 bottom-0 h-[calc(50dvh-3.5rem)] min-h-64 rounded-t-[20px] border-t",
  left: "inset-y-0 left-0 w-72 border-r",
  right: "inset-y-0 right-0 w-80 border-l",
};

export function Sheet({ title, side, onClose, children }: Props) {
  return (
    <section
      aria-label={title}
      data-sheet={side}
      className={`absolute z-20 flex flex-col border-line bg-surface shadow-float ${SIDES[side]}`}
      onKeyDown={({ key }) => key === "Escape" && onClose()}
    >
      <header className="flex shrink-0 items-center pt-1 pr-1 pl-4">
        <h2 className="grow text-sm font-semibold">{title}</h2>
        <IconButton label={`Close ${title.toLowerCase()}`} onClick={onClose}>
          <X size={18} />
        </IconButton>
      </header>
      <div className="min-h-0 grow overflow-y-auto overscroll-contain">{children}</div>
    </section>
  );
}
