/**
 * Exact sizes of tensors: integers, or expressions in named sizes when a size is left open.
 *
 * A dimension is an `Int` or an `Expression`: a polynomial with integer coefficients whose atoms are symbols
 * (sizes >= 1) and floor divisions by positive integers. Every operation returns the simplest form, so equal sizes
 * compare and print equal: `2*T + 1`, `(H - 1)//2 + 1`, `16*(H//2)*(W//2)`.
 */

import { TooComplex } from "./errors.js";
import { commonDivisor, type Int, modulo, negative, over, plus, times } from "./integers.js";
import {
  type Atom,
  type Dim,
  Expression,
  type Floor,
  floorText,
  isExpression,
  named,
  symbol,
  type Term,
  term,
} from "./polynomials.js";

export { type Dim, Expression, isExpression, type Shape, symbol, text } from "./polynomials.js";

const MAX_TERMS = 64;
const MAX_ATOMS = 256;
const TOO_COMPLEX = "a size has become too long an expression; give some of the named sizes as numbers";

/** Decided for all sizes of the symbols (true, false), or only for some (null). */
export type Verdict = boolean | null;

export function add(a: Dim, b: Dim): Dim {
  if (!isExpression(a)) return isExpression(b) ? plusInteger(b, a) : plus(a, b);
  return isExpression(b) ? readable(total([a, b])) : plusInteger(a, b);
}

export function sub(a: Dim, b: Dim): Dim {
  return add(a, neg(b));
}

export function neg(dim: Dim): Dim {
  return isExpression(dim) ? scaled(dim, -1) : negative(dim);
}

export function mul(a: Dim, b: Dim): Dim {
  if (!isExpression(a)) return isExpression(b) ? scaled(b, a) : times(a, b);
  return isExpression(b) ? multiplied(a, b) : scaled(a, b);
}

/** Floor division by an integer; an expression is divided by one >= 1. */
export function floordiv(dim: Dim, divisor: Int): Dim {
  return isExpression(dim) ? divided(dim, divisor) : over(dim, divisor);
}

/** What is left of floor division. */
export function mod(dim: Dim, divisor: Int): Dim {
  return isExpression(dim) ? sub(dim, mul(divided(dim, divisor), divisor)) : modulo(dim, divisor);
}

/** The sum, in time linear in its terms; it may be longer than an operation's result may be. */
export function total(dims: readonly Dim[]): Dim {
  let whole: Int = 0;
  const named: Expression[] = [];
  for (const dim of dims) {
    if (isExpression(dim)) named.push(dim);
    else whole = plus(whole, dim);
  }
  const [only] = named;
  if (!only || (named.length === 1 && whole === 0)) return only ?? whole;
  return simplest([...named.flatMap((expression) => expression.terms), term([], whole)]);
}

/** The product; 1 when empty. */
export function product(dims: readonly Dim[]): Dim {
  let whole: Int = 1;
  let named: Expression[] | null = null;
  for (const dim of dims) {
    if (!isExpression(dim)) whole = times(whole, dim);
    else if (named) named.push(dim);
    else named = [dim];
  }
  if (whole === 0 || !named) return whole;
  return named.reduce<Dim>((result, expression) => mul(expression, result), whole);
}

/** The dimension with some symbols replaced by integers; a product that would become too long stays as it is. */
export function substitute(dim: Dim, values: Readonly<Record<string, Int>>): Dim {
  return isExpression(dim) ? total(dim.terms.map((each) => substituteTerm(each, values))) : dim;
}

/** Whether dim >= bound for all (true), no (false) or only some (null) sizes of its symbols. */
export function atLeast(dim: Dim, bound: Dim): Verdict {
  if (isExpression(bound)) return atLeast(sub(dim, bound), 0);
  if (!isExpression(dim)) return dim >= bound;
  const [low, high] = range(dim);
  return low >= bound ? true : high < bound ? false : null;
}

/** Whether left == right for all (true), no (false) or only some (null) sizes of their symbols. */
export function equal(left: Dim, right: Dim): Verdict {
  if (identical(left, right)) return true;
  if (!isExpression(left)) return isExpression(right) ? equal(right, left) : false;
  const [low, high] = range(isExpression(right) ? sub(left, right) : left);
  const number = isExpression(right) ? 0 : right;
  return low <= number && number <= high ? null : false;
}

/** Whether two dimensions are the same integer or the same expression. */
export function identical(left: Dim, right: Dim): boolean {
  return left === right || (isExpression(left) && isExpression(right) && left.text === right.text);
}

/** Three-valued "and": false wins over null (undecided) wins over true. */
export function every(...verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes(false) ? false : verdicts.includes(null) ? null : true;
}

function substituteTerm(each: Term, values: Readonly<Record<string, Int>>): Dim {
  const value = (atom: Atom): Dim => {
    if (typeof atom !== "string") return floordiv(substitute(atom.numerator, values), atom.divisor);
    return Object.hasOwn(values, atom) ? (values[atom] as Int) : symbol(atom);
  };
  try {
    return product([each.coefficient, ...each.atoms.map(value)]);
  } catch (excess) {
    if (excess instanceof TooComplex) return new Expression([each]);
    throw excess;
  }
}

function plusInteger(expression: Expression, number: Int): Dim {
  const terms = expression.terms.filter((each) => each.key);
  const constant = expression.terms[terms.length]?.coefficient ?? 0;
  const whole = plus(number, constant);
  return readable(new Expression(whole === 0 ? terms : [...terms, term([], whole)]));
}

/** No longer than it was, however long a total is. */
function scaled(expression: Expression, factor: Int): Dim {
  if (factor === 0) return 0;
  if (factor === 1) return expression;
  const scale = ({ atoms, coefficient, key }: Term): Term => ({ atoms, coefficient: times(coefficient, factor), key });
  return new Expression(expression.terms.map(scale));
}

function multiplied(a: Expression, b: Expression): Dim {
  if (a.terms.length * b.terms.length > MAX_TERMS ** 2) throw new TooComplex(TOO_COMPLEX);
  const pairs = a.terms.flatMap((left) =>
    b.terms.map((right) => {
      const atoms = [...left.atoms, ...right.atoms].sort((one, other) => compared(named(one), named(other)));
      return term(atoms, times(left.coefficient, right.coefficient));
    }),
  );
  return readable(simplest(pairs));
}

function divided(expression: Expression, divisor: Int): Dim {
  const whole: Term[] = [];
  const rest: Term[] = [];
  for (const each of expression.terms) {
    const { coefficient } = each;
    const quotient = each.key ? over(coefficient, divisor) : negative(over(negative(coefficient), divisor));
    whole.push({ ...each, coefficient: quotient });
    rest.push({ ...each, coefficient: plus(coefficient, negative(times(quotient, divisor))) });
  }
  return add(simplest(whole), floor(simplest(rest), divisor));
}

/** rest // divisor, where nothing can be taken out of the division any more. */
function floor(rest: Dim, divisor: Int): Dim {
  if (!isExpression(rest)) return over(rest, divisor);
  const atomic = rest.terms.filter((each) => each.key);
  const constant = rest.terms[atomic.length]?.coefficient ?? 0;
  const common = atomic.reduce<Int>((divisor, each) => commonDivisor(divisor, each.coefficient), divisor);
  if (common > 1) {
    const reduced = rest.terms.map((each) => ({ ...each, coefficient: over(each.coefficient, common) }));
    return floordiv(simplest(reduced), over(divisor, common));
  }
  const { atoms, coefficient } = atomic[0] as Term;
  const [inner] = atoms;
  if (atomic.length === 1 && coefficient === 1 && atoms.length === 1 && typeof inner === "object") {
    const numerator = add(inner.numerator, times(constant, inner.divisor));
    return floordiv(numerator, times(inner.divisor, divisor));
  }
  return readable(new Expression([term([{ numerator: rest, divisor, text: floorText(rest, divisor) }], 1)]));
}

/** Like terms taken together, in canonical order. */
function simplest(terms: readonly Term[]): Dim {
  const sums = new Map<string, Term>();
  for (const each of terms) {
    const known = sums.get(each.key);
    sums.set(each.key, known ? { ...each, coefficient: plus(known.coefficient, each.coefficient) } : each);
  }
  const left = [...sums.values()].filter((each) => each.coefficient !== 0).sort(comparedTerms);
  const [first] = left;
  if (!first) return 0;
  return first.key ? new Expression(left) : first.coefficient;
}

function comparedTerms(a: Term, b: Term): number {
  if (a.atoms.length !== b.atoms.length) return b.atoms.length - a.atoms.length;
  const differs = a.atoms.findIndex((atom, index) => named(atom) !== named(b.atoms[index] as Atom));
  return differs < 0 ? 0 : compared(named(a.atoms[differs] as Atom), named(b.atoms[differs] as Atom));
}

/** Names and floors are ASCII, so units will do. */
function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readable(dim: Dim): Dim {
  if (isExpression(dim) && (dim.terms.length > MAX_TERMS || size(dim) > MAX_ATOMS)) throw new TooComplex(TOO_COMPLEX);
  return dim;
}

function size(expression: Expression): number {
  const atoms = expression.terms.flatMap((each) => each.atoms);
  return atoms.reduce((sum, atom) => sum + (typeof atom === "string" ? 1 : 1 + size(atom.numerator)), 0);
}

/** An integer, or an infinity. */
type End = Int;

/** Bounds of a dimension when every symbol is at least 1. */
function range(dim: Dim): [End, End] {
  if (!isExpression(dim)) return [dim, dim];
  let [low, high]: [End, End] = [0, 0];
  for (const { atoms, coefficient } of dim.terms) {
    const ends = productRange(atoms);
    const [least, most] = coefficient < 0 ? [ends[1], ends[0]] : ends;
    low = plusEnd(low, timesEnd(least, coefficient));
    high = plusEnd(high, timesEnd(most, coefficient));
  }
  return [low, high];
}

function productRange(atoms: readonly Atom[]): [End, End] {
  let [low, high]: [End, End] = [1, 1];
  for (const atom of atoms) {
    const [least, most]: [End, End] = typeof atom === "string" ? [1, Infinity] : floorRange(atom);
    if (least < 0 && atoms.length > 1) return [-Infinity, Infinity];
    [low, high] = [timesEnd(least, low), most];
  }
  return [low, high];
}

/** The upper end is always infinite, as coefficients in a Floor are positive. */
function floorRange(atom: Floor): [End, End] {
  const [low, high] = range(atom.numerator);
  return [isInfinite(low) ? low : over(low, atom.divisor), high];
}

function isInfinite(end: End): boolean {
  return end === Infinity || end === -Infinity;
}

function timesEnd(end: End, factor: Int): End {
  if (!isInfinite(end)) return times(end, factor);
  return factor > 0 ? end : negative(end);
}

function plusEnd(end: End, other: End): End {
  return isInfinite(end) ? end : isInfinite(other) ? other : plus(end, other);
}
