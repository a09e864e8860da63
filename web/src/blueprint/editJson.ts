/** Edits as JSON, for the wire and the log: `{"op": "connect", "edge": {...}}`. */

import { isList, isObject, type Json, type JsonObject, plain } from "./codec.js";
import { edgeFromJson, edgeToJson, nodeFromJson, nodeToJson, positionFromJson, positionToJson } from "./document.js";
import { type Edit, EditError } from "./edits.js";
import { DocumentError } from "./errors.js";
import { quoted } from "./quoting.js";
import { compareText } from "./text.js";

const MAX_EDITS = 250_000;

const KEYS = new Map([
  ["add_node", ["node"]],
  ["remove_node", ["id"]],
  ["replace", ["id", "node"]],
  ["configure", ["id", "set", "unset"]],
  ["rename_node", ["id", "new_id"]],
  ["connect", ["edge"]],
  ["disconnect", ["edge"]],
  ["move_node", ["id", "position"]],
  ["group", ["id", "ids"]],
  ["ungroup", ["id", "prefix"]],
  ["within", ["edits", "id"]],
]);

/** Read a batch. Throws EditError, which says which edit is wrong and how. */
export function editsFromJson(values: unknown): readonly Edit[] {
  if (!Array.isArray(values)) throw new EditError(null, "the edits must be a list");
  if (values.length > MAX_EDITS) {
    throw new EditError(null, `there are ${values.length} edits; at most ${MAX_EDITS} are allowed in a batch`);
  }
  return values.map((value, index) => {
    try {
      return editFromJson(plain(value));
    } catch (error) {
      if (error instanceof DocumentError) throw new EditError(index, error.message);
      throw error;
    }
  });
}

/** The JSON of a batch. */
export function editsToJson(edits: readonly Edit[]): readonly JsonObject[] {
  return edits.map((edit) => new Map<string, Json>([["op", edit.op], ...Object.entries(membersOf(edit))]));
}

function editFromJson(value: Json): Edit {
  if (!isObject(value)) throw new DocumentError("an edit must be an object");
  const op = value.get("op");
  const keys = typeof op === "string" ? KEYS.get(op) : undefined;
  if (typeof op !== "string" || !keys) throw new DocumentError(`"op" must be one of ${[...KEYS.keys()].join(", ")}`);
  const unknown = [...value.keys()].filter((key) => key !== "op" && !keys.includes(key)).sort(compareText)[0];
  if (unknown !== undefined) {
    throw new DocumentError(`${op} has no key ${quoted(unknown)}; its keys are ${keys.join(", ")}`);
  }
  if (op === "add_node") return { op, node: nodeFromJson(value.get("node"), '"node"') };
  if (op === "connect" || op === "disconnect") return { op, edge: edgeFromJson(value.get("edge"), '"edge"') };
  return atNode(op, nameIn(value, "id"), value);
}

function atNode(op: string, id: string, value: JsonObject): Edit {
  switch (op) {
    case "remove_node":
      return { op, id };
    case "replace":
      return { op, id, node: nodeFromJson(value.get("node"), '"node"') };
    case "configure":
      return { op, id, set: settingsIn(value), unset: namesIn(value, "unset", "names of settings") };
    case "rename_node":
      return { op, id, newId: nameIn(value, "new_id") };
    case "group":
      return { op, ids: namesIn(value, "ids", "ids of nodes"), id };
    case "ungroup":
      return { op, id, prefix: prefixIn(value) };
    case "within":
      return { op, id, edits: innerEdits(id, value) };
    default:
      return { op: "move_node", id, position: positionFromJson(value.get("position"), "move_node") };
  }
}

function membersOf(edit: Edit): Record<string, Json> {
  switch (edit.op) {
    case "add_node":
      return { node: nodeToJson(edit.node) };
    case "remove_node":
      return { id: edit.id };
    case "replace":
      return { id: edit.id, node: nodeToJson(edit.node) };
    case "configure":
      return { id: edit.id, set: edit.set, unset: edit.unset };
    case "rename_node":
      return { id: edit.id, new_id: edit.newId };
    case "connect":
    case "disconnect":
      return { edge: edgeToJson(edit.edge) };
    case "move_node":
      return { id: edit.id, position: edit.position && positionToJson(edit.position) };
    case "group":
      return { ids: edit.ids, id: edit.id };
    case "ungroup":
      return edit.prefix ? { id: edit.id, prefix: edit.prefix } : { id: edit.id };
    case "within":
      return { id: edit.id, edits: editsToJson(edit.edits) };
  }
}

function nameIn(value: JsonObject, key: string): string {
  const name = value.get(key);
  if (typeof name === "string" && name) return name;
  throw new DocumentError(`"${key}" must be the id of a node`);
}

function prefixIn(value: JsonObject): string {
  const prefix = value.has("prefix") ? value.get("prefix") : "";
  if (typeof prefix === "string") return prefix;
  throw new DocumentError('"prefix" must be text to go before ids');
}

function settingsIn(value: JsonObject): JsonObject {
  const settings = value.has("set") ? value.get("set") : new Map();
  if (isObject(settings)) return settings;
  throw new DocumentError('"set" must be an object of settings');
}

function namesIn(value: JsonObject, key: string, what: string): readonly string[] {
  const names = value.has(key) ? value.get(key) : [];
  if (isList(names) && names.every((name) => typeof name === "string")) return names;
  throw new DocumentError(`"${key}" must be a list of ${what}`);
}

/** The edits inside a node, as deep as JSON may be nested. */
function innerEdits(id: string, value: JsonObject): readonly Edit[] {
  const edits = value.get("edits");
  if (!isList(edits)) throw new DocumentError('"edits" must be a list');
  return edits.map((edit, index) => {
    try {
      return editFromJson(edit);
    } catch (error) {
      if (error instanceof DocumentError) {
        throw new DocumentError(`in ${quoted(id)}, edits[${index}]: ${error.message}`);
      }
      throw error;
    }
  });
}
