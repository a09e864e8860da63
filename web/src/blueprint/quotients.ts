/** Dividing one size by another where it comes out even, as Reshape needs for its -1; and scaling by a fraction. */

import { add, type Dim, floordiv, identical, mul } from "./dimensions.js";
import { type Int, integer, modulo, over } from "./integers.js";
import { type Atom, Expression, isExpression, named, type Term, term } from "./polynomials.js";

const SHARES = 1024;

/** numbers / known: exact where symbols cancel, else floored by an integer; null where it cannot be written. */
export function quotient(numbers: Dim, known: Dim): Dim | null {
  if (!isExpression(known)) return floordiv(numbers, known);
  if (!isExpression(numbers)) return null;
  if (known.terms.length > 1) return ratio(numbers, known);
  const { atoms, coefficient } = known.terms[0] as Term;
  let rest: Dim = 0;
  for (const each of numbers.terms) {
    const left = without(each.atoms, atoms);
    if (left === null) return null;
    rest = add(rest, monomial(left, each.coefficient));
  }
  return floordiv(rest, coefficient);
}

/** floor(size * factor): exact where factor is whole, else in double precision, of a named size only in 1024ths. */
export function scaled(size: Dim, factor: Int): Dim | null {
  if (typeof factor === "bigint" || Number.isSafeInteger(factor)) return mul(size, factor);
  if (!isExpression(size)) return integer(BigInt(Math.floor(Number(size) * factor)));
  const shares = factor * SHARES;
  return shares === Math.floor(shares) ? floordiv(mul(size, integer(BigInt(shares))), SHARES) : null;
}

/** The quotient of two sums, where it is one product. */
function ratio(numbers: Expression, known: Expression): Dim | null {
  const [lead, divisor] = [numbers.terms[0] as Term, known.terms[0] as Term];
  const left = without(lead.atoms, divisor.atoms);
  if (left === null || modulo(lead.coefficient, divisor.coefficient) !== 0) return null;
  const found = monomial(left, over(lead.coefficient, divisor.coefficient));
  return identical(mul(found, known), numbers) ? found : null;
}

function without(atoms: readonly Atom[], taken: readonly Atom[]): Atom[] | null {
  const left = [...atoms];
  for (const atom of taken) {
    const place = left.findIndex((other) => named(other) === named(atom));
    if (place < 0) return null;
    left.splice(place, 1);
  }
  return left;
}

function monomial(atoms: readonly Atom[], coefficient: Int): Dim {
  return atoms.length > 0 ? mul(new Expression([term(atoms, 1)]), coefficient) : coefficient;
}
