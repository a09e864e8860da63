/** Finding a layer in the palette by what a person types. */

import { ALIASES } from "../blueprint/catalogue.js";
import { LAYERS, type Layer } from "../blueprint/index.js";
import { CATEGORIES, type Category } from "./categories.js";

type Help = ReadonlyMap<string, readonly string[]>;

/** Layers whose name, other names, category or help hold the text, best first; all of them, in their order, for none. */
export function layersFor(query: string, help: Help | null): readonly Layer[] {
  const wanted = query.trim().toLowerCase();
  const all = [...LAYERS.values()];
  if (!wanted) return all;
  const ranked = imagesFirst(all)
    .map((layer) => [rank(layer, wanted, help), layer] as const)
    .filter(([at]) => at < NOWHERE);
  return ranked.sort(([one], [other]) => one - other).map(([, layer]) => layer);
}

/** Of layers that differ in their dimensions alone, the one for images comes first: it is meant most. */
function imagesFirst(layers: readonly Layer[]): readonly Layer[] {
  const first = layers.filter(({ type }) => type.endsWith("2d"));
  const images = new Map(first.map((layer) => [layer.type.slice(0, -2), layer]));
  return layers.flatMap((layer) => {
    const kin = images.get(layer.type.replace(/1d$/, ""));
    if (layer.type.endsWith("1d") && kin) return [kin, layer];
    return layer.type.endsWith("2d") && LAYERS.has(layer.type.replace(/2d$/, "1d")) ? [] : [layer];
  });
}

/** Layers under their categories, in the order of the categories. */
export function byCategory(layers: readonly Layer[]): readonly (readonly [Category, readonly Layer[]])[] {
  const names = Object.keys(CATEGORIES) as Category[];
  const groups = names.map((name) => [name, layers.filter(({ category }) => category === name)] as const);
  return groups.filter(([, own]) => own.length > 0);
}

const NOWHERE = 6;
const aliases = Object.entries(ALIASES);

/** What else a layer is called, as Dense for Linear. */
function otherNames(wanted: string): string[] {
  return aliases.flatMap(([name, [type]]) => (type === wanted ? name : []));
}

function rank(layer: Layer, wanted: string, help: Help | null): number {
  const name = layer.type.toLowerCase();
  if (name === wanted) return 0;
  const others = otherNames(layer.type);
  if (name.startsWith(wanted) || others.some((other) => other.toLowerCase().startsWith(wanted))) return 1;
  if (name.includes(wanted)) return 2;
  if ([layer.type, ...others].some((each) => initials(each).startsWith(wanted))) return 3;
  if (CATEGORIES[layer.category as Category]?.label.toLowerCase().includes(wanted)) return 4;
  return help?.get(layer.type)?.[0]?.toLowerCase().includes(wanted) ? 5 : NOWHERE;
}

/** "TransformerEncoderLayer" is found by tel. */
function initials(type: string): string {
  return type.replace(/[^A-Z0-9]/g, "").toLowerCase();
}
