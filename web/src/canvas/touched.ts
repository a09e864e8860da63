/**
 * What edits speak of, so that two people's edits can be told apart or found to contradict each other.
 *
 * A node is named by its path through Blocks (`b/c1`), a setting of it by `b/c1.padding`, the edges into a port by
 * `b/c1<in`, into whichever port is free by `b/c1<`, an edge out of it by `b/c1>` and where it goes. Whoever touches a
 * node as a whole touches all of it. Where a node is drawn contradicts nothing.
 */

import type { Edge, Edit } from "../blueprint/index.js";

/** All that some edits speak of. */
export function touched(edits: readonly Edit[], prefix = ""): ReadonlySet<string> {
  return new Set(edits.flatMap((edit) => touchedBy(edit, prefix)));
}

/** What both speak of, in the words of the first; null where nothing is. */
export function contradiction(ours: ReadonlySet<string>, theirs: ReadonlySet<string>): string | null {
  for (const one of ours) for (const other of theirs) if (covers(one, other) || covers(other, one)) return one;
  return null;
}

/** The node a touched thing belongs to. */
export function nodeOf(thing: string): string {
  return thing.split(/[.<>]/, 1)[0] as string;
}

function touchedBy(edit: Edit, prefix: string): string[] {
  switch (edit.op) {
    case "add_node":
      return [prefix + edit.node.id];
    case "replace":
    case "remove_node":
      return [prefix + edit.id];
    case "configure":
      return [...edit.set.keys(), ...edit.unset].map((name) => `${prefix}${edit.id}.${name}`);
    case "rename_node":
      return [prefix + edit.id, prefix + edit.newId];
    case "connect":
    case "disconnect":
      return touchedByEdge(edit.edge, prefix);
    case "move_node":
      return [];
    case "group":
      return [...edit.ids, edit.id].map((id) => prefix + id);
    case "ungroup":
      return [prefix + edit.id];
    case "within":
      return [...touched(edit.edits, `${prefix}${edit.id}/`)];
  }
}

function touchedByEdge({ source, target, targetHandle }: Edge, prefix: string): string[] {
  const end = `${target}<${targetHandle ?? ""}`;
  return [prefix + end, `${prefix}${source}>${end}`];
}

/** A whole node covers its settings, its ports and what is inside it; whichever port is free may be any. */
function covers(whole: string, part: string): boolean {
  return part.startsWith(whole) && (whole.endsWith("<") || /^$|^[.<>/]/.test(part.slice(whole.length)));
}
