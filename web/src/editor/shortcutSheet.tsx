/** All keys of the canvas, and what a mouse and a finger do. */

import { keyText, SHORTCUTS } from "../canvas/keymap.js";
import { Dialog } from "../ui/dialog.js";
import { useDoing, useEditing } from "./editing.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
const BY_HAND: readonly (readonly [does: string, how: string])[] = [
  ["Move the canvas", "Drag it; on touch with two fingers too"],
  ["Zoom", "Wheel, or pinch"],
  ["Select several", "Shift and drag, Shift and click; on touch rest a finger on a node"],
  ["Connect", "Drag from port to port, or tap one and then the other"],
  ["Replace a connection", "Connect something else to the same input"],
  ["Insert on an edge", "Drop a layer on it, or select it and press +"],
  ["Open a Block", "Double click"],
];

export function ShortcutSheet() {
  const { bench } = useEditing();
  const open = useDoing(({ dialog }) => dialog === "shortcuts");
  return (
    <Dialog wide open={open} onClose={() => bench.set({ dialog: null })} title="Shortcuts">
      <div className="grid gap-6 pb-2 sm:grid-cols-2">
        {SHORTCUTS.map(([title, all]) => (
          <section key={title} aria-label={title}>
            <h3 className="mb-1 text-sm font-semibold">{title}</h3>
            <dl className="text-sm">
              {all.map(({ command, does, keys }) => (
                <div key={command} className="flex items-baseline justify-between gap-3 border-b border-line py-1.5">
                  <dt>{does}</dt>
                  <dd className="flex gap-1.5 whitespace-nowrap">
                    {keys.map((key) => (
                      <kbd key={key} className="rounded-md bg-sunken px-1.5 py-0.5 font-sans text-xs">
                        {keyText(key, MAC)}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section aria-label="By hand">
          <h3 className="mb-1 text-sm font-semibold">By hand</h3>
          <dl className="text-sm">
            {BY_HAND.map(([does, how]) => (
              <div key={does} className="border-b border-line py-1.5">
                <dt>{does}</dt>
                <dd className="text-muted">{how}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
