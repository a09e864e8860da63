/** The ports of a node as a person can connect them: one each, of variadic ones those in use and the next free one. */

import { inputsOf, type Node, outputsOf } from "../blueprint/index.js";

export interface Socket {
  readonly handle: string;
  /** Its name where the node has several. */
  readonly label: string | null;
  /** Whether the network is complete without it. */
  readonly optional: boolean;
  /** Whether it is the next free one of a variadic port. */
  readonly spare: boolean;
}

/** Inputs, given the handles that edges enter. */
export function inputSockets(node: Node, entered: readonly string[]): readonly Socket[] {
  const ports = inputsOf(node);
  const known = ports.flatMap((port) => {
    if (port.variadic) return numbered(port.name, entered, port.minimum);
    return [{ handle: port.name, label: ports.length > 1 ? port.name : null, optional: port.optional, spare: false }];
  });
  return withStrangers(known, entered);
}

/** Outputs, given the handles that edges leave and those the analysis knows. */
export function outputSockets(node: Node, left: readonly string[], known: readonly string[]): readonly Socket[] {
  const ports = outputsOf(node);
  const handles = ports.flatMap((port) => {
    if (!port.endsWith(".*")) return [port];
    const name = port.slice(0, -2);
    const most = Math.max(1, ...[...left, ...known].map((handle) => 1 + numberOf(name, handle)));
    return Array.from({ length: most }, (_, at) => `${name}.${at}`);
  });
  const label = (handle: string) => (handles.length > 1 ? handle : null);
  const sockets = handles.map((handle) => ({ handle, label: label(handle), optional: false, spare: false }));
  return withStrangers(sockets, left);
}

function numbered(name: string, entered: readonly string[], minimum: number): Socket[] {
  const taken = new Set(entered);
  const used = Math.max(minimum, ...entered.map((handle) => 1 + numberOf(name, handle)));
  const full = Array.from({ length: used }, (_, at) => `${name}.${at}`).every((handle) => taken.has(handle));
  const count = used + (full ? 1 : 0);
  return Array.from({ length: count }, (_, at) => ({
    handle: `${name}.${at}`,
    label: null,
    optional: at >= minimum,
    spare: !taken.has(`${name}.${at}`),
  }));
}

/** Edges may name ports that do not exist; they are drawn all the same, so that they can be taken away. */
function withStrangers(sockets: readonly Socket[], handles: readonly string[]): readonly Socket[] {
  const known = new Set(sockets.map(({ handle }) => handle));
  const strange = [...new Set(handles)].filter((handle) => !known.has(handle));
  const drawn = strange.map((handle) => ({ handle, label: handle, optional: true, spare: false }));
  return drawn.length === 0 ? sockets : [...sockets, ...drawn];
}

/** The number of a variadic handle, -1 where it is none of that name. */
function numberOf(name: string, handle: string): number {
  if (!handle.startsWith(`${name}.`)) return -1;
  const number = Number(handle.slice(name.length + 1));
  return Number.isInteger(number) && number >= 0 && number < 64 ? number : -1;
}
