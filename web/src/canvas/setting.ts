/**
 * One setting of a node between a person's writing and the document.
 *
 * What is written is checked by the engine's own reader, so that a value that cannot be read is explained in its words
 * and never enters the drawing.
 */

import { configure, type Edit, type Field, type Json, type Layer, type Node } from "../blueprint/index.js";
import { shown } from "../blueprint/quoting.js";
import { readConfig } from "../blueprint/settings.js";
import { isList } from "../blueprint/spelling.js";

/** `undefined` is a setting that is not given. */
export type Given = Json | undefined;

const INTEGER = /^[+-]?\d{1,15}$/;
const LISTS = new Set(["sizes", "open_sizes", "integers", "numbers"]);
const CROSSED = /^(?:B|\d+)(?:\s*x\s*\d+)+$/i;
const SPACED = /^\w+(?:\s+\w+)+$/;
/** For empty places of a list that may have some. */
const NONE = "none";

const alone = new WeakMap<Field, Layer>();

/** Whether the input decides it, so that a person need not and should not. */
export function isFact({ determined, unit }: Field): boolean {
  return determined && unit !== "";
}

/** A value as a person writes it; nothing for null and for what is not given. */
export function written(value: Given): string {
  if (value === undefined || value === null) return "";
  if (isList(value)) return value.map((item) => (item === null ? NONE : written(item))).join(", ");
  return typeof value === "string" ? value : shown(value);
}

/** What a person has written, as far as it can be understood; the reader says what is wrong with the rest. */
export function understood(field: Field, text: string): Given {
  const trimmed = text.trim();
  if (trimmed === "") return field.nullable && field.default !== null ? null : undefined;
  if (field.type === "text" || field.type === "choice") return field.type === "text" ? text : trimmed;
  if (field.type === "boolean") return trimmed === "true" ? true : trimmed === "false" ? false : trimmed;
  const items = itemsOf(trimmed);
  if (field.type === "shape") return items.map(sizeFrom);
  if (LISTS.has(field.type) && (items.length > 1 || trimmed.startsWith("["))) return items.map(numberFrom);
  return numberFrom(trimmed);
}

/** Sizes as people write them: `B, 1, 8, 8`, as a list or a tuple, with crosses as on the canvas, with blanks alone. */
function itemsOf(text: string): string[] {
  return text
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/^\(([^()]*,[^()]*)\)$/, "$1")
    .split(/[,;×]/)
    .map((item) => item.trim())
    .flatMap((item) => (CROSSED.test(item) ? item.split(/\s*x\s*/i) : SPACED.test(item) ? item.split(/\s+/) : item))
    .filter((item) => item !== "");
}

/** Why a value cannot be: the engine's sentence; null where it can. */
export function problemOf(field: Field, value: Given): string | null {
  let problem: string | null = null;
  const given = new Map(value === undefined ? [] : [[field.name, value] as const]);
  readConfig(layerOfOne(field), given, (verdict, _, what, mend) => {
    problem = `${what}; ${mend}`;
    return verdict !== false;
  });
  return problem;
}

/** The edit that gives a node a setting, or takes it back where it is what it would be anyway; null for no change. */
export function setting(node: Node, field: Field, value: Given): Edit | null {
  const usual = value === undefined || (!field.required && shown(value) === shown(field.default));
  const now = node.config.get(field.name);
  if (usual) return now === undefined ? null : configure(node.id, new Map(), [field.name]);
  return now !== undefined && shown(now) === shown(value) ? null : configure(node.id, new Map([[field.name, value]]));
}

/** The next value in a direction, within the field's range. */
export function stepped(field: Field, value: Given, direction: 1 | -1): number {
  const now =
    typeof value === "number" ? value : typeof field.default === "number" ? field.default : (field.minimum ?? 0);
  if (typeof value !== "number" && typeof field.default !== "number") return now;
  const next = Number((now + direction * stepOf(field, now)).toPrecision(12));
  return Math.min(field.maximum ?? Number.POSITIVE_INFINITY, Math.max(field.minimum ?? Number.NEGATIVE_INFINITY, next));
}

/** How far one step goes: 1 for whole numbers, a twentieth of a share, else a tenth of the magnitude. */
function stepOf(field: Field, now: number): number {
  if (!field.type.startsWith("number")) return 1;
  if (field.minimum === 0 && field.maximum === 1) return 0.05;
  return now === 0 ? 0.1 : 10 ** (Math.floor(Math.log10(Math.abs(now))) - (Math.abs(now) < 1 ? 0 : 1));
}

/** The settings that all layers have alike, in the order of the first. */
export function sharedFields(layers: readonly Layer[]): readonly Field[] {
  const [first, ...others] = layers;
  const alike = (one: Field, other: Field) =>
    one.name === other.name &&
    one.type === other.type &&
    one.count === other.count &&
    shown([...one.choices]) === shown([...other.choices]);
  return (first?.fields ?? []).filter(
    (field) => !isFact(field) && others.every(({ fields }) => fields.some((other) => alike(field, other))),
  );
}

function layerOfOne(field: Field): Layer {
  const known = alone.get(field);
  if (known) return known;
  const none = { type: "", category: "", inputs: [], outputs: [], parameters: [], rule: () => null };
  const layer = { ...none, fields: [field] };
  alone.set(field, layer);
  return layer;
}

function numberFrom(text: string): Json {
  if (text === NONE) return null;
  if (INTEGER.test(text)) return Number(text);
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : text;
}

/** A size is a number, or an expression in names. */
function sizeFrom(text: string): Json {
  return INTEGER.test(text) ? Number(text) : text;
}
