/** A connection drawn in two steps: first one port, then the other; by taps, or by keys. */

import { firstOutput } from "../canvas/adding.js";
import { type Direction, nearestOf, neighbourOf } from "../canvas/neighbours.js";
import { notify } from "../ui/notices.js";
import type { Pending } from "./bench.js";
import type { Editing } from "./editing.js";
import { refused } from "./saying.js";

/** A port was tapped: the first of a connection, or the second. */
export function tapPort(editing: Editing, node: string, handle: string, side: Pending["side"]): void {
  const { bench, commands } = editing;
  if (refused()) return;
  const { pending } = bench.state.getState();
  if (pending?.node === node && pending.handle === handle && pending.side === side) {
    stopConnecting(editing);
    return;
  }
  if (!pending || pending.side === side) {
    bench.set({ pending: { node, handle, side, target: null } });
    bench.say(`Connecting ${side} ${handle} of ${node}; choose ${side === "output" ? "an input" : "an output"}`);
    return;
  }
  const here = { node, handle };
  const [from, to] = pending.side === "output" ? [pending, here] : [here, pending];
  const wire = { source: from.node, sourceHandle: from.handle, target: to.node, targetHandle: to.handle };
  if (commands.connect(wire)) bench.set({ pending: null });
}

/** A node was tapped while a connection waits for its input: its first free one is taken. */
export function tapNode(editing: Editing, node: string): boolean {
  const { bench, commands } = editing;
  const { pending } = bench.state.getState();
  if (pending?.side !== "output" || pending.node === node) return false;
  bench.set({ pending: null });
  commands.connectOrCut(pending.node, pending.handle, node);
  return true;
}

/** Begins at the first output of the selected node. */
export function beginConnecting(editing: Editing): void {
  const { bench, commands } = editing;
  const node = commands.node(commands.selection.at(-1));
  if (!node) {
    notify({ text: "Select the node to connect from first.", tone: "warn" });
    return;
  }
  const handle = firstOutput(node);
  if (handle === null) {
    notify({ text: `${node.type} ${node.id} has no output to connect.`, tone: "warn" });
    return;
  }
  bench.set({ pending: { node: node.id, handle, side: "output", target: null } });
  chooseTarget(editing, "down");
  bench.say(`Connecting from ${node.id}; choose a node with the arrow keys or Tab, then press Enter`);
}

/** The keyboard moves on to another node for the other end. */
export function chooseTarget({ bench, commands, flow }: Editing, direction: Direction): void {
  const { pending } = bench.state.getState();
  if (!pending) return;
  const places = flow.places();
  const from = pending.target ?? pending.node;
  const near = neighbourOf(commands.graph, places, from, direction) ?? nearestOf(places, from, direction);
  if (near !== null && near !== pending.node) point({ bench }, pending, near);
}

/** The next node of the drawing, or the one before it. */
export function nextTarget(editing: Editing, step: 1 | -1): void {
  const { bench, commands } = editing;
  const { pending } = bench.state.getState();
  if (!pending) return;
  const ids = commands.graph.nodes.map(({ id }) => id).filter((id) => id !== pending.node);
  const at = pending.target === null ? (step > 0 ? -1 : 0) : ids.indexOf(pending.target);
  const next = ids[(at + step + ids.length) % ids.length];
  if (next !== undefined) point(editing, pending, next);
}

/** Connects to the node the keyboard has chosen; false where there is none. */
export function arrive(editing: Editing): boolean {
  const { bench } = editing;
  const { pending } = bench.state.getState();
  if (!pending) return false;
  if (pending.target !== null) tapNode(editing, pending.target);
  return true;
}

export function stopConnecting({ bench }: Editing): void {
  bench.set({ pending: null });
  bench.say("No connection drawn");
}

function point({ bench }: Pick<Editing, "bench">, pending: Pending, target: string): void {
  bench.set({ pending: { ...pending, target } });
  bench.stage?.show(target);
  bench.say(`Connect to ${target}?`);
}
