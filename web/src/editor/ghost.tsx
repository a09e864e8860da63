/** The layer that is carried from the palette, under the pointer; a little above a finger, so that it is seen. */

import { freshNode } from "../canvas/fresh.js";
import { HEIGHT, WIDTH } from "../canvas/geometry.js";
import { settingsText } from "../canvas/settingsText.js";
import { useDoing } from "./editing.js";
import { NodeCard } from "./nodeCard.js";

export function Ghost() {
  const carried = useDoing((doing) => doing.carried);
  if (!carried) return null;
  const { type, at } = carried;
  const place = { transform: `translate(${at.x - WIDTH / 2}px, ${at.y - HEIGHT / 2}px)`, width: WIDTH, height: HEIGHT };
  return (
    <div aria-hidden="true" className="pointer-events-none fixed top-0 left-0 z-50 rotate-1 opacity-90" style={place}>
      <NodeCard type={type} id="" settings={settingsText(freshNode(type, "x", at))} shape="" params="" selected />
    </div>
  );
}
