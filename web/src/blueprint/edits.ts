/**
 * Changes to a network as values: what a person can do to it, one by one or in batches.
 *
 * Edits speak of the graph with handles written, so `disconnect` of `a` to `b` finds the edge into b's first port
 * however the document spelt it.
 */

import type { JsonObject } from "./codec.js";
import type { Edge, Node, Position } from "./document.js";
import { ValueError } from "./errors.js";

/** One change, named as on the wire; blueprint/edits.py tells what each does. */
export type Edit =
  | { readonly op: "add_node"; readonly node: Node }
  | { readonly op: "remove_node"; readonly id: string }
  | { readonly op: "replace"; readonly id: string; readonly node: Node }
  | { readonly op: "configure"; readonly id: string; readonly set: JsonObject; readonly unset: readonly string[] }
  | { readonly op: "rename_node"; readonly id: string; readonly newId: string }
  | { readonly op: "connect"; readonly edge: Edge }
  | { readonly op: "disconnect"; readonly edge: Edge }
  | { readonly op: "move_node"; readonly id: string; readonly position: Position | null }
  | { readonly op: "group"; readonly ids: readonly string[]; readonly id: string }
  | { readonly op: "ungroup"; readonly id: string; readonly prefix: string }
  | { readonly op: "within"; readonly id: string; readonly edits: readonly Edit[] };

/** An edit cannot be read or applied; `index` tells which of the batch, null where it is the batch itself. */
export class EditError extends ValueError {
  readonly index: number | null;
  readonly reason: string;

  constructor(index: number | null, reason: string) {
    super(index === null ? reason : `edits[${index}]: ${reason}`);
    this.index = index;
    this.reason = reason;
  }
}

export const addNode = (node: Node): Edit => ({ op: "add_node", node });
export const removeNode = (id: string): Edit => ({ op: "remove_node", id });
export const replaceNode = (node: Node): Edit => ({ op: "replace", id: node.id, node });
export const configure = (id: string, set: JsonObject, unset: readonly string[] = []): Edit => {
  return { op: "configure", id, set, unset };
};
export const renameNode = (id: string, newId: string): Edit => ({ op: "rename_node", id, newId });
export const connect = (edge: Edge): Edit => ({ op: "connect", edge });
export const disconnect = (edge: Edge): Edit => ({ op: "disconnect", edge });
export const moveNode = (id: string, position: Position | null): Edit => ({ op: "move_node", id, position });
export const group = (ids: readonly string[], id: string): Edit => ({ op: "group", ids, id });
export const ungroup = (id: string, prefix = ""): Edit => ({ op: "ungroup", id, prefix });
export const within = (id: string, edits: readonly Edit[]): Edit => ({ op: "within", id, edits });
