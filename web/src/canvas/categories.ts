/**
 * How each category of layers looks: a name, a hue, and a mark that tells it apart where hues do not.
 *
 * The hues keep categories apart that often stand beside each other, for eyes that see red and green alike too; lightness
 * and chroma belong to the theme (style.css). A mark is the path of a line drawing on a grid of 24 by 24.
 */

import { CATEGORY_OF } from "../blueprint/kinds.js";

export type Category =
  | "ends"
  | "convolution"
  | "recurrent"
  | "attention"
  | "positions"
  | "tokens"
  | "experts"
  | "normalization"
  | "pooling"
  | "activation"
  | "linear"
  | "dropout"
  | "shape"
  | "arithmetic"
  | "composite"
  | "games";

export interface CategoryLook {
  readonly label: string;
  /** An angle of oklch; null for grey. */
  readonly hue: number | null;
  readonly mark: string;
}

export const CATEGORIES: Readonly<Record<Category, CategoryLook>> = {
  ends: { label: "Inputs and outputs", hue: 300, mark: "M3 12h12M10 7l5 5-5 5M20 4v16" },
  convolution: { label: "Convolution", hue: 188, mark: "M3 3h18v18H3ZM9 3v18M15 3v18M3 9h18M3 15h18" },
  recurrent: { label: "Recurrent", hue: 233, mark: "M20 12a8 8 0 1 1-2.4-5.7L20 8.5M20 3v5.5h-5.5" },
  attention: {
    label: "Attention",
    hue: 8,
    mark: "M2 12c3-4.7 6.3-7 10-7s7 2.3 10 7c-3 4.7-6.3 7-10 7s-7-2.3-10-7ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
  },
  positions: { label: "Positions", hue: 76, mark: "M2 12c1.7-9 5-9 6.7 0s5 9 6.6 0 5-9 6.7 0" },
  tokens: { label: "Tokens", hue: 210, mark: "M2 7h5v10H2ZM9.5 7h5v10h-5ZM17 7h5v10h-5Z" },
  experts: { label: "Experts", hue: 346, mark: "M3 12h18M8 12l6-7h7M8 12l6 7h7" },
  normalization: { label: "Normalization", hue: 53, mark: "M2 19c7 0 6-14 10-14s3 14 10 14" },
  pooling: { label: "Pooling", hue: 30, mark: "M3 4h18l-7 9v7l-4-2.5V13Z" },
  activation: { label: "Activation", hue: 256, mark: "M3 18h9l8-13" },
  linear: { label: "Linear", hue: 166, mark: "M4 5h16L4 19h16L4 5" },
  dropout: { label: "Dropout", hue: 323, mark: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM5.6 5.6l12.8 12.8" },
  shape: { label: "Shape", hue: 278, mark: "M10 4H4v6M4 4l6.5 6.5M14 20h6v-6M20 20l-6.5-6.5" },
  arithmetic: { label: "Arithmetic", hue: 143, mark: "M12 4v16M4 12h16" },
  composite: { label: "Composite", hue: 98, mark: "M3 3h13v13H3ZM8 21h13V8" },
  games: {
    label: "Games",
    hue: 120,
    mark: "M6 3h12a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3ZM8 8h.01M12 12h.01M16 16h.01",
  },
};

/** Of a type that no layer of the catalogue has. */
const UNKNOWN: CategoryLook = {
  label: "Unknown",
  hue: null,
  mark: "M8.5 8.5a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M12 18.5h.01",
};

/** How a layer type, or another name of it, looks. */
export function lookOf(type: string): CategoryLook {
  return CATEGORIES[CATEGORY_OF.get(type) as Category] ?? UNKNOWN;
}

/** A hue in the lightness and chroma of the theme, as CSS. */
export function colourOf({ hue }: CategoryLook): string {
  return `oklch(var(--category-light) ${hue === null ? 0 : "var(--category-chroma)"} ${hue ?? 0})`;
}
