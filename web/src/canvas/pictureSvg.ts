/** A picture as an SVG file with its colours written out, so that it looks the same wherever it is opened. */

import type { CategoryLook } from "./categories.js";
import { hexOf } from "./colours.js";
import { type Box, type PictureOptions, picture, type Sketch } from "./picture.js";

export interface SvgOptions extends PictureOptions {
  /** Whether types and ids are written. */
  readonly labels?: boolean;
  readonly theme?: "light" | "dark";
}

interface Inks {
  readonly page: string;
  readonly card: string;
  readonly line: string;
  readonly wire: string;
  readonly text: string;
  readonly muted: string;
  readonly onColour: string;
  readonly colour: (look: CategoryLook) => string;
}

/** The same as in style.css. */
const INKS: Readonly<Record<"light" | "dark", Inks>> = {
  light: {
    ...{ page: "#f7f7fa", card: "#ffffff", line: "#e3e3ec", wire: "#8b8a9c" },
    ...{ text: "#1b1a26", muted: "#5f5d70", onColour: "#ffffff" },
    colour: ({ hue }) => hexOf(0.46, hue === null ? 0 : 0.13, hue ?? 0),
  },
  dark: {
    ...{ page: "#111118", card: "#191923", line: "#2e2e3d", wire: "#77768c" },
    ...{ text: "#efeef6", muted: "#a3a1b5", onColour: "#111118" },
    colour: ({ hue }) => hexOf(0.74, hue === null ? 0 : 0.12, hue ?? 0),
  },
};

const FONT = "Inter, ui-sans-serif, system-ui, sans-serif";
const LONGEST = 19;

/** A whole SVG document, of the size the canvas has it. */
export function pictureSvg(graph: Sketch, options: SvgOptions = {}): string {
  const { labels = true, theme = "light" } = options;
  const { name, view, boxes, wires } = picture(graph, options);
  const inks = INKS[theme];
  const box = labels ? labelled : plain;
  const { x, y, width, height } = view;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}">`,
    `<title>${escaped(name)}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${inks.page}"/>`,
    `<path d="${wires.join("")}" fill="none" stroke="${inks.wire}" stroke-width="2"/>`,
    ...boxes.map((each) => box(each, inks)),
    "</svg>",
  ].join("\n");
}

function plain(box: Box, inks: Inks): string {
  const size = box.height * 0.56;
  const mark = markOf(box, inks.onColour, box.x + (box.width - size) / 2, box.y + (box.height - size) / 2, size);
  return `<g>${rectangle(box, inks.colour(box.look), inks.colour(box.look))}${mark}</g>`;
}

function labelled(box: Box, inks: Inks): string {
  const colour = inks.colour(box.look);
  const { x, y, height } = box;
  const band = `<path d="M${x + 42} ${y}v${height}h-30a12 12 0 0 1-12-12v${24 - height}a12 12 0 0 1 12-12Z" fill="${colour}"/>`;
  const lines = box.shape ? [22, 38, 54] : [28, 46, 0];
  return [
    `<g><title>${escaped(box.id)}</title>`,
    rectangle(box, inks.card, inks.line),
    ...[band, markOf(box, inks.onColour, x + 10, y + height / 2 - 11, 22)],
    text(box.type, x + 53, y + (lines[0] as number), `font-size="15" font-weight="600" fill="${inks.text}"`),
    text(box.id, x + 53, y + (lines[1] as number), `font-size="11" fill="${inks.muted}"`),
    box.shape ? text(box.shape, x + 53, y + (lines[2] as number), `font-size="11" fill="${inks.muted}"`) : "",
    "</g>",
  ].join("");
}

function rectangle({ x, y, width, height }: Box, fill: string, stroke: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="12" fill="${fill}" stroke="${stroke}"/>`;
}

function markOf({ look }: Box, colour: string, x: number, y: number, size: number): string {
  const place = `transform="translate(${x} ${y}) scale(${size / 24})"`;
  return `<path ${place} d="${look.mark}" fill="none" stroke="${colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function text(value: string, x: number, y: number, dress: string): string {
  const characters = [...value];
  const shown = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : value;
  return `<text x="${x}" y="${y}" ${dress}>${escaped(shown)}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML 1.0 has it: characters it does not know are left out. */
function escaped(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML does not allow.
  const known = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "");
  return known.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
