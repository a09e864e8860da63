/** The layers of the catalogue by their names, and by the other names that people write. */

import { ALIASES, LAYERS } from "./catalogue.js";
import type { Layer } from "./layer.js";
import { similar } from "./similar.js";

/** The catalogue's name of a type, or the name itself where it is no alias. */
export function typeOf(name: string): string {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] as [string, unknown])[0] : name;
}

/** The layer a type or one of its other names means. */
export function layerOf(type: string): Layer | null {
  return LAYERS.get(typeOf(type)) ?? null;
}

/** The known type a misspelt one probably means. */
export function similarType(type: string): string | null {
  const others = Object.keys(ALIASES).filter((name) => LAYERS.has(typeOf(name)));
  const near = similar(type, [...LAYERS.keys(), ...others]);
  return near === null ? null : typeOf(near);
}
