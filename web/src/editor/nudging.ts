/** Moving what is selected by keys: seen at once, one edit once the keys rest. */

import type { Editing } from "./editing.js";

const REST_MS = 500;
let resting: ReturnType<typeof setTimeout> | undefined;

export function nudge({ commands, flow }: Editing, dx: number, dy: number): void {
  const chosen = new Set(commands.selection);
  const moved = [...flow.seen()].filter(([id]) => chosen.has(id));
  if (moved.length === 0) return;
  flow.float(new Map(moved.map(([id, { x, y }]) => [id, { x: x + dx, y: y + dy }])));
  clearTimeout(resting);
  resting = setTimeout(() => commands.drop(), REST_MS);
}
