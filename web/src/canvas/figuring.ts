/** Exact figures, which may be expressions in named sizes, made ready to compare and to read. */

import { add, product, substitute } from "../blueprint/dimensions.js";
import { type Dim, type Graph, type Node, type NodeFigures, text } from "../blueprint/index.js";
import { type Atom, isExpression } from "../blueprint/polynomials.js";
import { bytes, count, exact } from "../format/figures.js";
import { mentions } from "./mentions.js";

/** What a size left open counts as where expressions are compared with numbers. */
const TYPICAL_SIZE = 128;
/** Weights are held in float32. */
const WEIGHT_BYTES = 4;

/** The names of sizes left open, in order of the alphabet. */
export function namesIn(dim: Dim): readonly string[] {
  if (!isExpression(dim)) return [];
  const inside = (atom: Atom) => (typeof atom === "string" ? [atom] : namesIn(atom.numerator));
  return [...new Set(dim.terms.flatMap((term) => term.atoms.flatMap(inside)))].sort();
}

/** A number to compare by; sizes left open count as one typical size. */
export function sized(dim: Dim): number {
  const values = Object.fromEntries(namesIn(dim).map((name) => [name, TYPICAL_SIZE]));
  const known = substitute(dim, values);
  return isExpression(known) ? 0 : Number(known);
}

/** Bytes a node takes for one sample: activations kept for the backward pass, and its weights. */
export function takenBytes({ activationBytes, params }: NodeFigures): Dim {
  return add(activationBytes, product([WEIGHT_BYTES, params]));
}

/** Ids of the Inputs whose shapes name a size, as a person would look for them. */
export function inputsNaming(graph: Graph, name: string): readonly string[] {
  const naming = ({ type, config }: Node) => {
    const shape = config.get("shape");
    return (
      type === "Input" && Array.isArray(shape) && shape.some((size) => typeof size === "string" && mentions(size, name))
    );
  };
  return graph.nodes.filter(naming).map(({ id }) => id);
}

/** A figure for people, and the same exactly. */
export interface Told {
  readonly short: string;
  readonly exact: string;
}

export function toldCount(dim: Dim, unit = ""): Told {
  const [short, whole] = [count(text(dim)), exact(text(dim))];
  return unit ? { short: `${short} ${unit}`, exact: `${whole} ${unit}` } : { short, exact: whole };
}

export function toldBytes(dim: Dim): Told {
  return { short: isExpression(dim) ? `${text(dim)} B` : bytes(text(dim)), exact: `${exact(text(dim))} bytes` };
}
