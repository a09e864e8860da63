/** How names and values from a document appear in messages: never long, without characters that hide or mislead. */

import { type Json, spelled } from "./spelling.js";
import { head, length } from "./text.js";

const MAX_SHOWN = 40;

// The table of blueprint/quoting.py, first and last code points in turn; the noncharacters of each plane come below.
const HIDDEN = [
  ...[0x00, 0x1f, 0x7f, 0xa0, 0xad, 0xad, 0x600, 0x605, 0x61c, 0x61c, 0x6dd, 0x6dd, 0x70f, 0x70f],
  ...[0x890, 0x891, 0x8e2, 0x8e2, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200f, 0x2028, 0x202f],
  ...[0x205f, 0x206f, 0x3000, 0x3000, 0xd800, 0xf8ff, 0xfdd0, 0xfdef, 0xfeff, 0xfeff, 0xfff9, 0xfffb],
  ...[0x110bd, 0x110bd, 0x110cd, 0x110cd, 0x13430, 0x1343f, 0x1bca0, 0x1bca3, 0x1d173, 0x1d17a],
  ...[0xe0000, 0xe007f, 0xf0000, 0x10ffff],
];
for (let plane = 0; plane < 0xf0000; plane += 0x10000) HIDDEN.push(plane + 0xfffe, plane + 0xffff);
const RANGES = HIDDEN.map((code, index) => `${index % 2 ? "-" : ""}\\u{${code.toString(16)}}`).join("");
const UNFIT = new RegExp(`[\`${RANGES}]`, "gu");

/** A name for people, in backticks: "`c1`". */
export function quoted(name: string): string {
  return `\`${printable(name)}\``;
}

/** A value for people, as JSON, cut when long. */
export function shown(value: Json): string {
  return printable(spelled(value));
}

/** At most 40 characters of a text, those that people cannot see as `?`, and the backtick too. */
export function printable(text: string): string {
  const cut = length(text) <= MAX_SHOWN ? text : `${head(text, MAX_SHOWN - 3)}...`;
  return cut.replace(UNFIT, "?");
}
