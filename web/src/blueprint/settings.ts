/**
 * Reading a node's config: every value against its field, omitted ones filled with the default.
 *
 * The values a rule sees are complete and of fixed form: sizes and shapes are lists.
 */

import { numberText } from "./codec.js";
import { atLeast, type Dim } from "./dimensions.js";
import { TooComplex, ValueError } from "./errors.js";
import { MAX_INTEGER, parseDimension } from "./expressions.js";
import type { Int } from "./integers.js";
import type { Config, Field, Layer, Report } from "./layer.js";
import { isBoolean, isInt, isText } from "./portable.js";
import { quoted, shown } from "./quoting.js";
import { similar } from "./similar.js";
import { isList, type Json, type JsonObject } from "./spelling.js";
import { compareText, length } from "./text.js";

const MAX_RANK = 8;
const MAX_TEXT = 1000;
const MAX_NUMBER = 1e30;

/** A value does not fit its field; the message says what the field wants. */
class Unfit extends ValueError {
  constructor(
    message = "",
    readonly mend = "",
  ) {
    super(message);
  }
}

/** The fields of a type made ready: by name, and the config of a node that gives nothing. */
interface Settings {
  readonly fields: ReadonlyMap<string, Field>;
  readonly defaults: Config;
  readonly required: readonly string[];
}

type Reader = (field: Field, value: Json) => unknown;

const READERS: { readonly [type: string]: Reader } = {
  boolean,
  integer,
  number,
  choice,
  text,
  sizes,
  open_sizes: openSizes,
  integers,
  numbers,
  shape,
};
const AXES = ["", "", "a pair [height, width]", "a triple [depth, height, width]"];
const RANGED = ["integer", "number", "sizes", "open_sizes", "integers", "numbers"];
const WORDS: { readonly [type: string]: string } = {
  boolean: "true or false",
  integer: "an integer",
  number: "a number",
  text: `a text of 1 to ${MAX_TEXT} characters`,
};
const ready = new Map<Layer, Settings>();

/** All settings of a node, or null when one has a wrong value. Reports those, and unknown ones. */
export function readConfig(layer: Layer, given: JsonObject, report: Report): Config | null {
  const { fields, defaults, required } = settingsOf(layer);
  const config: { [name: string]: unknown } = { ...defaults };
  try {
    for (const [name, value] of given) {
      const field = fields.get(name);
      if (field === undefined) return readWithReports(layer, given, report);
      config[name] = read(field, value);
    }
  } catch (unfit) {
    checkUnfit(unfit);
    return readWithReports(layer, given, report);
  }
  return required.every((name) => given.has(name)) ? config : readWithReports(layer, given, report);
}

/** What a field accepts, for people. */
function wanted(field: Field): string {
  const choices = field.choices.map((choice) => `"${choice}"`);
  if (field.type === "choice") return `one of ${choices.join(", ")}`;
  const words = [wordsOf(field) + rangeOf(field), ...choices].join(" or ");
  return words + (field.nullable ? " or null" : "");
}

function settingsOf(layer: Layer): Settings {
  const known = ready.get(layer);
  if (known) return known;
  const made = {
    fields: new Map(layer.fields.map((field) => [field.name, field])),
    defaults: Object.fromEntries(layer.fields.map((field) => [field.name, defaultOf(field)])),
    required: layer.fields.filter((field) => field.required).map((field) => field.name),
  };
  ready.set(layer, made);
  return made;
}

/** The slow way, taken where something is wrong: unknown settings by name, then each field in order. */
function readWithReports(layer: Layer, given: JsonObject, report: Report): Config | null {
  const { fields } = settingsOf(layer);
  const strange = [...given.keys()].filter((name) => !fields.has(name)).sort(compareText);
  for (const name of strange) reportUnknown(name, [...fields.keys()], report);
  const config: { [name: string]: unknown } = {};
  let fine = true;
  for (const field of layer.fields) {
    try {
      config[field.name] = valueIn(field, given.get(field.name));
    } catch (unfit) {
      if (!(unfit instanceof Unfit)) throw unfit;
      fine = report(false, "bad_config", unfit.message, unfit.mend);
    }
  }
  return fine ? config : null;
}

function reportUnknown(name: string, known: readonly string[], report: Report): void {
  const close = similar(name, known);
  const settings = known.length > 0 ? `its settings are ${known.join(", ")}` : "it has none";
  const mend = close === null ? settings : `did you mean ${close}?`;
  report(false, "unknown_field", `has no setting ${quoted(name)}`, mend);
}

function valueIn(field: Field, value: Json | undefined): unknown {
  if (value === undefined) {
    if (field.required) throw new Unfit(`needs ${field.name}`, `set it to ${wanted(field)}`);
    return defaultOf(field);
  }
  try {
    return read(field, value);
  } catch (unfit) {
    const detail = checkUnfit(unfit).message;
    const what = `${field.name} is ${shown(value)}${detail && ` (${detail})`}`;
    throw new Unfit(what, `it must be ${wanted(field)}`);
  }
}

function checkUnfit(error: unknown): Unfit | TooComplex {
  if (error instanceof Unfit || error instanceof TooComplex) return error;
  throw error;
}

function defaultOf(field: Field): unknown {
  return field.default === null ? null : read(field, field.default);
}

function read(field: Field, value: Json): unknown {
  if (value === null && (field.nullable || field.determined)) return null;
  return (READERS[field.type] as Reader)(field, value);
}

function rangeOf(field: Field): string {
  if (!RANGED.includes(field.type)) return "";
  const endless = field.type === "number" || field.type === "numbers";
  const low = field.minimum === null ? (endless ? "" : "-(2^31 - 1)") : numberText(field.minimum);
  const high = field.maximum === null ? (endless ? "" : "2^31 - 1") : numberText(field.maximum);
  if (low && high) return ` from ${low} to ${high}`;
  return low ? ` >= ${low}` : high && ` <= ${high}`;
}

function wordsOf(field: Field): string {
  const many = field.count > 1 ? `an integer or ${AXES[field.count]} of integers` : "an integer";
  const list = `a list of 1 to ${field.count || MAX_RANK}`;
  switch (field.type) {
    case "sizes":
      return many;
    case "open_sizes":
      return `${many} or null, each integer`;
    case "integers":
      return `an integer or ${list} integers, each`;
    case "numbers":
      return `a number or ${list} numbers, each`;
    case "shape": {
      const least = field.minimum === -1 ? -1 : 1;
      return `a list of 1 to ${MAX_RANK} sizes, each an integer from ${least} to 2^31 - 1 or an expression such as "B"`;
    }
    default:
      return WORDS[field.type] as string;
  }
}

function boolean(_: Field, value: Json): boolean {
  if (isBoolean(value)) return value;
  throw new Unfit();
}

function integer(field: Field, value: Json): Int {
  const [low, high] = [field.minimum ?? -MAX_INTEGER, field.maximum ?? MAX_INTEGER];
  if (isInt(value) && low <= value && value <= high) return value;
  throw new Unfit();
}

function number(field: Field, value: Json): Int {
  const [low, high] = [field.minimum ?? -MAX_NUMBER, field.maximum ?? MAX_NUMBER];
  if (typeof value !== "number" && typeof value !== "bigint") throw new Unfit();
  if (value < low || value > high || value < -MAX_NUMBER || value > MAX_NUMBER) throw new Unfit();
  return value;
}

function choice(field: Field, value: Json): string {
  if (isText(value) && field.choices.includes(value)) return value;
  throw new Unfit();
}

function text(_: Field, value: Json): string {
  if (isText(value) && value !== "" && length(value) <= MAX_TEXT) return value;
  throw new Unfit();
}

function sizes(field: Field, value: Json): readonly Int[] | string {
  if (isList(value)) {
    if (value.length !== field.count) throw new Unfit();
    return value.map((item) => integer(field, item));
  }
  if (isText(value) && field.choices.includes(value)) return value;
  return Array<Int>(field.count).fill(integer(field, value));
}

function openSizes(field: Field, value: Json): readonly (Int | null)[] {
  const items = isList(value) ? value : Array<Json>(field.count).fill(value);
  if (items.length !== field.count || value === null) throw new Unfit();
  return items.map((item) => (item === null ? null : integer(field, item)));
}

function integers(field: Field, value: Json): readonly Int[] {
  return listOf(field, value).map((item) => integer(field, item));
}

function numbers(field: Field, value: Json): readonly Int[] {
  return listOf(field, value).map((item) => number(field, item));
}

/** One value, or a list of at most `count` of them. */
function listOf(field: Field, value: Json): readonly Json[] {
  const items = isList(value) ? value : [value];
  if (items.length < 1 || items.length > (field.count || MAX_RANK)) throw new Unfit();
  return items;
}

function shape(field: Field, value: Json): readonly Dim[] {
  if (!isList(value) || value.length < 1 || value.length > MAX_RANK) throw new Unfit();
  return value.map((item) => (isText(item) ? dimension(item) : size(field, item)));
}

function dimension(item: string): Dim {
  const dim = parsed(item);
  if (atLeast(dim, 1) === false) throw new Unfit(`${shown(item)} is less than 1`);
  if (atLeast(dim, MAX_INTEGER + 1)) throw new Unfit(`${shown(item)} is more than 2^31 - 1`);
  return dim;
}

function parsed(item: string): Dim {
  try {
    return parseDimension(item);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new Unfit(`${shown(item)} ${error.message}`);
  }
}

/** An integer >= 1, or -1 where the field lets a size open. */
function size(field: Field, item: Json): Int {
  const found = integer(field, item);
  if (found === 0) throw new Unfit("a size of 0 holds no numbers");
  return found;
}
