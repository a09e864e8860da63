/**
 * What two people did to the same thing, each in another way: named by node and field, said in one sentence.
 *
 * Fields are `id`, `type`, `node` (removed here, changed there), `graph`, `config.<setting>`, `inputs.<port>`,
 * `outputs.<port>` and the names of unknown keys. Inner nodes are named by path, `b/c1`; the network itself is "".
 */

import { type Json, type JsonObject, objectOf } from "./codec.js";
import type { Edge } from "./document.js";
import { described } from "./draft.js";
import { quoted, shown } from "./quoting.js";
import type { Three, Value } from "./three.js";

/** One field that both changed; the merged network has it as `ours` has. */
export interface Conflict {
  readonly node: string;
  readonly field: string;
  readonly base: Value;
  readonly ours: Value;
  readonly theirs: Value;
  readonly message: string;
}

/** node, field, message; base, ours and theirs where the field is there. */
export function conflictToJson({ node, field, base, ours, theirs, message }: Conflict): JsonObject {
  const values = Object.entries({ base, ours, theirs }).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  );
  return objectOf([["node", node], ["field", field], ...values, ["message", message]]);
}

/** Both gave a setting or an unknown key another value; `node` is "" for the document. */
export function inKey(node: string, field: string, key: string, values: Three<Value>): Conflict {
  const mend = values.theirs === undefined ? "unset it" : `make it ${shown(values.theirs)}`;
  const where = node ? `node ${quoted(node)}` : "the document";
  const what = `${quoted(key)} of ${where} is ${set(values.ours)} in ours and ${set(values.theirs)} in theirs`;
  return { node, field, ...values, message: `${what}; ours is kept, ${mend} for theirs` };
}

/** Both made a node another thing, or one did and the other set it anew. */
export function inType(node: string, values: Three<Value>): Conflict {
  const [ours, theirs] = [quoted(String(values.ours)), quoted(String(values.theirs))];
  const what = `node ${quoted(node)} is a ${ours} in ours and a ${theirs} in theirs, and both changed it`;
  return { node, field: "type", ...values, message: `${what}; ours is kept, replace it for theirs` };
}

/** Both changed what a node holds, and it cannot be looked into. */
export function inGraph(node: string, values: Three<Value>): Conflict {
  const what = `what node ${quoted(node)} holds is changed in ours and in theirs`;
  return { node, field: "graph", ...values, message: `${what}; ours is kept, replace the node for theirs` };
}

/** Both connected a port to something else; `fed` names what feeds it. */
export function inInputs(node: string, port: string, values: Three<Value>, fed: Three<string>): Conflict {
  const where = port ? `${quoted(port)} of node ${quoted(node)}` : `node ${quoted(node)}`;
  const what = `${where} is fed by ${fed.ours} in ours and by ${fed.theirs} in theirs`;
  const message = `${what}; ours is kept, connect it anew for theirs`;
  return { node, field: portField("inputs", port), ...values, message };
}

/** One removed what the other changed, or connected to something new. */
export function removed(node: string, values: Three<Value>): Conflict {
  const gone = "is removed in ours but changed in theirs; it stays removed, add it for theirs";
  const kept = "is changed in ours but removed in theirs; it is kept, remove it for theirs";
  const message = `node ${quoted(node)} ${values.ours === undefined ? gone : kept}`;
  return { node, field: "node", ...values, message };
}

/** One drew an edge at a port that the other took away; `edge` names its nodes by their paths. */
export function portGone(node: string, edge: Edge, side: "ours" | "theirs", value: Value): Conflict {
  const other = side === "ours" ? "theirs" : "ours";
  const what = `${described(edge)} is drawn in ${side}, but node ${quoted(node)} has not that port any more in ${other}`;
  const enters = node === edge.target;
  const field = enters ? portField("inputs", edge.targetHandle) : portField("outputs", edge.sourceHandle);
  const values = { base: undefined, ours: undefined, theirs: undefined, [side]: value };
  return { node, field, ...values, message: `${what}; it is left out, draw it at another port` };
}

/** Both renamed a node. */
export function renamedDifferently(path: string, names: Three<string>): Conflict {
  const [base, ours, theirs] = [names.base, names.ours, names.theirs].map((name) => quoted(path + name));
  const what = `node ${base} is renamed to ${ours} in ours and to ${theirs} in theirs`;
  return { node: path + names.ours, field: "id", ...names, message: `${what}; ours is kept, rename it for theirs` };
}

/** Ours renamed a node, `there` in theirs or not, to what theirs called a new one. */
export function nameTakenByTheirs(path: string, id: string, name: string, there: boolean, aside: string): Conflict {
  const what = `node ${quoted(path + id)} is renamed to ${quoted(path + name)} in ours, as theirs calls a new node`;
  const message = `${what}; that one is called ${quoted(path + aside)} now, rename it as you like`;
  return { node: path + name, field: "id", base: id, ours: name, theirs: there ? id : undefined, message };
}

/** Theirs renamed a node, `there` in ours or not, to what ours called another. */
export function nameTakenByOurs(path: string, id: string, name: string, there: boolean): Conflict {
  const what = `node ${quoted(path + id)} is renamed to ${quoted(path + name)} in theirs, as ours calls another node`;
  const message = `${what}; its name is kept, rename it as you like`;
  return { node: path + id, field: "id", base: id, ours: there ? id : undefined, theirs: name, message };
}

function portField(kind: string, handle: string | null): string {
  return handle ? `${kind}.${handle}` : kind;
}

function set(value: Value): string {
  return value === undefined ? "not set" : shown(value);
}
