/** What the keys of the canvas do; see canvas/keymap.ts for which they are. */

import { GRID } from "../canvas/geometry.js";
import type { Command } from "../canvas/keymap.js";
import { type Direction, neighbourOf } from "../canvas/neighbours.js";
import type { Editing } from "./editing.js";
import { nudge } from "./nudging.js";
import { arrive, beginConnecting, chooseTarget, stopConnecting } from "./pending.js";

/** Carries a command out; false where it is somebody else's, such as the clipboard's own events. */
export function carryOut(editing: Editing, command: Command): boolean {
  const [act, direction] = [ACTIONS[command], STEPS[command]];
  if (direction && editing.bench.state.getState().pending) chooseTarget(editing, direction);
  else if (direction) go(editing, direction);
  else act?.(editing);
  return act !== undefined || direction !== undefined;
}

const STEPS: Partial<Record<Command, Direction>> = {
  goUp: "up",
  goDown: "down",
  goLeft: "left",
  goRight: "right",
};

const ACTIONS: Partial<Record<Command, (editing: Editing) => void>> = {
  add: (editing) => openQuickAdd(editing),
  undo: ({ commands }) => commands.undo(),
  redo: ({ commands }) => commands.redo(),
  duplicate: ({ commands }) => commands.clipboard.duplicate(),
  remove: ({ commands }) => commands.remove(),
  selectAll: ({ commands }) => commands.selectAll(),
  group: ({ commands }) => commands.group(),
  ungroup: ({ commands }) => commands.ungroup(),
  rename: ({ bench, view }) => view.state.getState().selection.length === 1 && bench.set({ dialog: "rename" }),
  connect: (editing) => beginConnecting(editing),
  open: (editing) => arrive(editing) || editing.commands.open(),
  out: ({ commands, view }) => commands.enter(view.state.getState().path.slice(0, -1)),
  fit: ({ bench }) => bench.stage?.fit(),
  tidy: ({ commands }) => void commands.tidy(),
  zoomIn: ({ bench }) => bench.stage?.zoom(1.25),
  zoomOut: ({ bench }) => bench.stage?.zoom(0.8),
  cancel: (editing) => cancel(editing),
  shortcuts: ({ bench }) => bench.set({ dialog: "shortcuts" }),
  save: ({ bench }) => bench.set({ dialog: "save" }),
  moveUp: (editing) => nudge(editing, 0, -GRID),
  moveDown: (editing) => nudge(editing, 0, GRID),
  moveLeft: (editing) => nudge(editing, -GRID, 0),
  moveRight: (editing) => nudge(editing, GRID, 0),
};

/** Opens the box to add a layer, at the pointer or in the middle of the canvas. */
function openQuickAdd({ bench, flow }: Editing): void {
  const at = bench.pointer ?? { x: window.innerWidth / 2, y: window.innerHeight / 3 };
  bench.set({ quickAdd: { at, query: "", from: null, onto: flow.selectedEdge } });
}

/** The nearest node that way is selected instead, and focused. */
function go({ commands, view, flow }: Editing, direction: Direction): void {
  const from = commands.selection.at(-1) ?? commands.graph.nodes[0]?.id;
  if (from === undefined) return;
  const to = commands.selection.length === 0 ? from : neighbourOf(commands.graph, flow.places(), from, direction);
  if (to !== null) view.state.setState({ selection: [to], wanted: { id: to } });
}

/** Step by step: the connection, the selection and its panel, then the Block. */
function cancel(editing: Editing): void {
  const { bench, flow, view } = editing;
  const { pending, selectingMore } = bench.state.getState();
  if (pending) {
    stopConnecting(editing);
    return;
  }
  const { selection, path, panel } = view.state.getState();
  if (selection.length === 0 && flow.selectedEdge === null && panel === null && path.length > 0) {
    ACTIONS.out?.(editing);
    return;
  }
  if (selectingMore) bench.set({ selectingMore: false });
  flow.selectEdge(null);
  view.select([]);
  view.show(null);
}
