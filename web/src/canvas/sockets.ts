/** The ports of a node as a person can connect them: one each, of variadic ones those in use and the next free one. */

import { inputsOf, layerOf, type Node, outputsOf } from "../blueprint/index.js";
import { GRID, portAt } from "./geometry.js";

export interface Socket {
  readonly handle: string;
  /** Its name where the node has several. */
  readonly label: string | null;
  /** Whether the network is complete without it. */
  readonly optional: boolean;
  /** Whether it is a free one of a variadic port. */
  readonly spare: boolean;
  /** At the end of its side, apart from the others: the next free one of a variadic port, what comes besides `out`. */
  readonly aside: boolean;
}

/** Where sockets sit along a side: in equal parts, those apart at its end. */
export function socketPlaces(sockets: readonly Socket[], width: number): readonly number[] {
  const main = sockets.filter(({ aside }) => !aside).length;
  let [at, left] = [0, sockets.length - main];
  return sockets.map(({ aside }) => (aside ? width - APART * left-- : portAt(at++, main, width)));
}

/** How wide a side with these sockets has to be, so that each can be hit. */
export function widthFor(sockets: readonly Socket[]): number {
  const main = sockets.filter(({ aside }) => !aside);
  const each = main.some(({ label }) => label !== null) ? 2 * GRID : 1.25 * GRID;
  return GRID * Math.ceil((each * main.length + 2 * APART * (sockets.length - main.length)) / GRID);
}

const APART = 20;

/** Inputs, given the handles that edges enter. */
export function inputSockets(node: Node, entered: readonly string[]): readonly Socket[] {
  const ports = inputsOf(node);
  const known = ports.flatMap((port) => {
    if (port.variadic) return numbered(port.name, entered, port.minimum);
    return [
      {
        handle: port.name,
        label: ports.length > 1 ? port.name : null,
        optional: port.optional,
        spare: false,
        aside: false,
      },
    ];
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
  const main = ports[0] === "out" && layerOf(node.type) && !node.graph ? 1 : handles.length;
  const sockets = handles.map((handle, at) => {
    const aside = at >= main;
    return { handle, label: main > 1 || aside ? handle : null, optional: aside, spare: false, aside };
  });
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
    aside: at >= minimum && !taken.has(`${name}.${at}`),
  }));
}

/** Edges may name ports that do not exist; they are drawn all the same, so that they can be taken away. */
function withStrangers(sockets: readonly Socket[], handles: readonly string[]): readonly Socket[] {
  const known = new Set(sockets.map(({ handle }) => handle));
  const strange = [...new Set(handles)].filter((handle) => !known.has(handle));
  const drawn = strange.map((handle) => ({ handle, label: handle, optional: true, spare: false, aside: false }));
  return drawn.length === 0 ? sockets : [...sockets, ...drawn];
}

/** The number of a variadic handle, -1 where it is none of that name. */
function numberOf(name: string, handle: string): number {
  if (!handle.startsWith(`${name}.`)) return -1;
  const number = Number(handle.slice(name.length + 1));
  return Number.isInteger(number) && number >= 0 && number < 64 ? number : -1;
}
