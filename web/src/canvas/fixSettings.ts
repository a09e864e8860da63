/** Mendings of settings: what the message names, set to what it says would do. */

import { configure, type Field, type Json } from "../blueprint/index.js";
import { shown } from "../blueprint/quoting.js";
import { type Fault, type Fix, saidOf } from "./fault.js";
import { freshNode } from "./fresh.js";
import { mentions } from "./mentions.js";
import { problemOf } from "./setting.js";

const MOST_VALUES = 8;
const NUMBER = /^\s*-?\d+\s*$/;
/** Words of messages that stand for settings of several names. */
const WORDS: Readonly<Record<string, RegExp>> = {
  kernel_size: /\bkernel/,
  num_heads: /\bheads?\b/,
  nhead: /\bheads?\b/,
  num_groups: /\bgroups\b/,
};
/** Settings that must divide something evenly. */
const DIVISORS = new Set(["num_heads", "nhead", "num_kv_heads", "groups", "num_groups"]);

export function settingFixes(fault: Fault): readonly Fix[] {
  const { layer, node } = fault;
  if (!layer || !node) return [];
  const said = saidOf(fault);
  const meant = layer.fields
    .filter((field) => isNamed(field, said))
    .sort((a, b) => placeIn(fault, a) - placeIn(fault, b));
  const values = meant.flatMap((field) => (field.required ? usual(fault, field) : leftOut(fault, field)));
  return [...values, ...exchanged(fault, meant), ...inTurn(meant.map((field) => sets(fault, field, said)))];
}

/** Where the hint names a setting; what it does not name comes last. */
function placeIn({ issue }: Fault, { name }: Field): number {
  const hint = issue.hint ?? "";
  const at = hint.search(WORDS[name] ?? new RegExp(`\\b${name}\\b`));
  return at < 0 ? hint.length : at;
}

/** The first of each, then the second of each, and so on. */
function inTurn<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

function isNamed(field: Field, said: string): boolean {
  return mentions(said, field.name) || (WORDS[field.name]?.test(said) ?? false);
}

/** A setting that need not be given, taken back. */
function leftOut({ site, node }: Fault, field: Field): Fix[] {
  if (!node?.config.has(field.name)) return [];
  const back = field.default === null ? `Leave ${field.name} out` : `Set ${field.name} back to ${shown(field.default)}`;
  const label = field.determined ? `Leave ${field.name} out, the input gives it` : back;
  return [site.fix(label, configure(node.id, new Map(), [field.name]))];
}

/** A setting that must be given and is not, or not so that it can be read: as a new node has it. */
function usual(fault: Fault, field: Field): Fix[] {
  const value = freshNode(fault.layer?.type ?? "", "", { x: 0, y: 0 }).config.get(field.name);
  const now = fault.node?.config.get(field.name);
  const wrong = now === undefined || problemOf(field, now) !== null;
  const number = typeof now === "string" && NUMBER.test(now);
  return wrong && !number && value !== undefined ? [setTo(fault, field, value)] : [];
}

/** Two settings that stand the wrong way round. */
function exchanged({ issue, site, node }: Fault, [one, other]: readonly Field[]): Fix[] {
  if (!node || !one || !other || !issue.hint?.includes("exchange")) return [];
  const standing = (field: Field) => node.config.get(field.name) ?? field.default;
  const set = new Map([
    [one.name, standing(other)],
    [other.name, standing(one)],
  ]);
  return [site.fix(`Exchange ${one.name} and ${other.name}`, configure(node.id, set))];
}

function sets(fault: Fault, field: Field, said: string): Fix[] {
  const now = fault.node?.config.get(field.name) ?? field.default;
  const values = candidates(fault, field, said, now).filter((value) => shown(value) !== shown(now));
  const distinct = [...new Map(values.map((value) => [shown(value), value])).values()];
  return distinct.slice(0, MOST_VALUES).map((value) => setTo(fault, field, value));
}

function setTo({ site, node }: Fault, field: Field, value: Json): Fix {
  return site.fix(`Set ${field.name} to ${shown(value)}`, configure(node?.id ?? "", new Map([[field.name, value]])));
}

/** Values worth trying: those the hint names first, then those of the whole message. */
function candidates(fault: Fault, field: Field, said: string, now: Json): readonly Json[] {
  const hint = fault.issue.hint ?? "";
  if (field.type === "boolean") return [now !== true];
  if (field.type === "choice") return field.choices.filter((choice) => said.includes(choice));
  if (field.type === "text") return [];
  const read = typeof now === "string" && NUMBER.test(now) ? [Number(now)] : [];
  const all = numbersIn(said);
  const divisors = DIVISORS.has(field.name) ? nearest(all.flatMap(divisorsOf), now) : [];
  const fitting = field.name === "padding" ? bordersOf(fault) : [];
  const choices = field.choices.filter((choice) => hint.includes(choice));
  return [
    ...read,
    ...divisors,
    ...choices,
    ...nearestFirst(hint, now),
    ...fitting,
    ...listsIn(said),
    ...nearest(all, now),
  ];
}

/** What the hint says; of a range, the end that is nearer. */
function nearestFirst(hint: string, now: Json): readonly Json[] {
  const lists = listsIn(hint);
  const numbers = numbersIn(hint);
  return [...lists, ...(/\bfrom\b/.test(hint) ? nearest(numbers, now) : numbers)];
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/(?<![A-Za-z0-9_.^])-?\d+(\.\d+)?(e-?\d+)?(?![A-Za-z_^])|(?<=x)\d+/g)].map(([found]) =>
    Number(found),
  );
}

/** Sizes along several axes: "2x3"; one where they are alike. */
function listsIn(text: string): (number | number[])[] {
  const lists = [...text.matchAll(/\b\d+(?:x\d+)+\b/g)].map(([found]) => found.split("x").map(Number));
  return lists.map((list) => (list.every((size) => size === list[0]) ? (list[0] as number) : list));
}

function divisorsOf(whole: number): number[] {
  if (!Number.isInteger(whole) || whole < 1 || whole > 1e6) return [];
  const found: number[] = [];
  for (let small = 1; small * small <= whole; small++) if (whole % small === 0) found.push(small, whole / small);
  return found;
}

/** Numbers in order of how far they are from the present one, as a ratio where both are positive. */
function nearest(numbers: readonly number[], now: Json): number[] {
  if (typeof now !== "number") return [...numbers];
  const far = (each: number) => (each > 0 && now > 0 ? Math.abs(Math.log(each / now)) : Math.abs(each - now));
  return [...new Set(numbers)].sort((one, other) => far(one) - far(other));
}

/** The border that keeps the size of what a kernel goes over. */
function bordersOf({ node }: Fault): number[] {
  const [kernel, dilation] = [node?.config.get("kernel_size"), node?.config.get("dilation") ?? 1];
  if (typeof kernel !== "number" || typeof dilation !== "number") return [];
  return [Math.floor((dilation * (kernel - 1)) / 2)];
}
