/** What a size left open is written with: sums of products of symbols and floor divisions. */

import { type Int, negative } from "./integers.js";

/** `numerator // divisor`, not simplifiable any further. */
export interface Floor {
  readonly numerator: Expression;
  readonly divisor: Int;
  readonly text: string;
}

export type Atom = string | Floor;

/** coefficient * product of atoms; `key` tells the product from others, and is empty for the integer alone. */
export interface Term {
  readonly atoms: readonly Atom[];
  readonly coefficient: Int;
  readonly key: string;
}

/** A sum of terms in canonical order, the integer last; never a mere integer. */
export class Expression {
  private written: string | undefined;

  constructor(readonly terms: readonly Term[]) {}

  get text(): string {
    this.written ??= this.terms
      .map(termText)
      .join("")
      .replace(/^ ([+-]) /, (_, sign) => (sign === "-" ? "-" : ""));
    return this.written;
  }
}

export type Dim = Int | Expression;
export type Shape = readonly Dim[];

export function isExpression(value: unknown): value is Expression {
  return value instanceof Expression;
}

/** A term; the atoms must be in the order of their texts. */
export function term(atoms: readonly Atom[], coefficient: Int): Term {
  return {
    atoms,
    coefficient,
    key: atoms.map((atom) => (typeof atom === "string" ? atom : `(${atom.text})`)).join("*"),
  };
}

/** The size called `name`, at least 1. */
export function symbol(name: string): Expression {
  return new Expression([{ atoms: [name], coefficient: 1, key: name }]);
}

/** A dimension as people write it. */
export function text(dim: Dim): string {
  return isExpression(dim) ? dim.text : String(dim);
}

/** How an atom is written; two with one spelling are the same. */
export function named(atom: Atom): string {
  return typeof atom === "string" ? atom : atom.text;
}

/** How a floor division is written. */
export function floorText(numerator: Expression, divisor: Int): string {
  const [first, second] = numerator.terms;
  const simple = !second && first?.atoms.every((atom) => typeof atom === "string");
  return simple ? `${numerator.text}//${divisor}` : `(${numerator.text})//${divisor}`;
}

function termText({ atoms, coefficient, key }: Term): string {
  const [sign, magnitude] = coefficient < 0 ? [" - ", negative(coefficient)] : [" + ", coefficient];
  const [only] = atoms;
  if (atoms.length === 1 && coefficient === 1) return sign + named(only as Atom);
  return sign + (key && magnitude === 1 ? key : key ? `${magnitude}*${key}` : String(magnitude));
}
