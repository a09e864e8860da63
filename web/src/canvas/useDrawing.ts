/** An open drawing for a page, as long as the page stands; and parts of what is drawn. */

import { useEffect, useState } from "react";
import { useStore } from "zustand";
import type { Drawing, Drawn } from "./drawing.js";
import { leaveDrawing, openDrawing } from "./drawings.js";

/** The drawing, null while it opens; `trouble` is why it did not. */
export function useDrawing(id: string): { drawing: Drawing | null; trouble: unknown } {
  const [found, setFound] = useState<{ drawing: Drawing | null; trouble: unknown }>({ drawing: null, trouble: null });
  useEffect(() => {
    let here = true;
    openDrawing(id).then(
      (drawing) => here && setFound({ drawing, trouble: null }),
      (trouble) => here && setFound({ drawing: null, trouble }),
    );
    return () => {
      here = false;
      leaveDrawing(id);
    };
  }, [id]);
  return found;
}

/** A part of what is drawn; the component follows it. */
export function useDrawn<Part>(drawing: Drawing, part: (drawn: Drawn) => Part): Part {
  return useStore(drawing.state, part);
}
