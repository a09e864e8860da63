/** The settings of a node that say most, in a few characters: "16 · 3×3 · pad 1". Defaults are left out. */

import { isList } from "../blueprint/codec.js";
import { type Field, type Json, layerOf, type Node } from "../blueprint/index.js";

/** Told by their value alone. */
const BARE = new Set([
  "out_channels",
  "out_features",
  "hidden_size",
  "hidden_features",
  "kernel_size",
  "output_size",
  "patch_size",
  "embed_dim",
  "embedding_dim",
  "num_embeddings",
  "normalized_shape",
  "shape",
  "size",
  "dims",
  "p",
  "expression",
  "equation",
  "dtype",
  "approximate",
]);
const SHORT: Readonly<Record<string, string>> = {
  padding: "pad",
  dilation: "dil",
  padding_mode: "pad",
  num_heads: "heads",
  nhead: "heads",
  num_layers: "layers",
  num_groups: "groups",
  num_experts: "experts",
  dim_feedforward: "ff",
  repeat: "×",
};
const LONGEST = 60;
const told = new WeakMap<Node, string>();

export function settingsText(node: Node): string {
  let text = told.get(node);
  if (text === undefined) {
    text = spoken(node);
    told.set(node, text);
  }
  return text;
}

function spoken(node: Node): string {
  const fields = layerOf(node.type)?.fields ?? [];
  const parts = fields.flatMap((field) => part(field, node.config.get(field.name), node.type) ?? []);
  const text = parts.join(" · ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Null where there is nothing to tell: the default, or the shape that stands below anyway. */
function part(field: Field, value: Json | undefined, type: string): string | null {
  if (value === undefined || value === null || valueText(value) === valueText(field.default)) return null;
  if (field.name === "shape" && (type === "Input" || type === "Parameter")) return null;
  const name = SHORT[field.name] ?? field.name.replaceAll("_", " ");
  if (field.name === "trainable") return value === false ? "frozen" : null;
  if (value === false) return `no ${name}`;
  if (value === true) return name;
  return BARE.has(field.name) ? bareText(field, value) : `${name} ${valueText(value)}`;
}

/** One size stands for all axes. */
function bareText(field: Field, value: Json): string {
  const everyAxis = field.type.endsWith("sizes") && field.count > 1 && !isList(value);
  return everyAxis ? Array(field.count).fill(valueText(value)).join("×") : valueText(value);
}

function valueText(value: Json): string {
  if (isList(value)) return value.map(valueText).join("×");
  if (value instanceof Map) return "{…}";
  return String(value);
}
