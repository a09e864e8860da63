/**
 * Reading a dimension as a person writes it: `2*T + 1`, `(H - 1)//2 + 1`.
 *
 * expression := term (("+" | "-") term)*
 * term       := factor (("*" | "//") factor)*
 * factor     := integer | name | "-" factor | "(" expression ")"
 *
 * Only ASCII counts: letters, digits, and the white space of JSON between them.
 */

import { add, type Dim, floordiv, isExpression, mul, neg, sub, symbol } from "./dimensions.js";
import { ValueError } from "./errors.js";
import { type Int, integer } from "./integers.js";
import { quoted } from "./quoting.js";
import { head, length } from "./text.js";

const MAX_LENGTH = 200;
const MAX_NESTING = 24;
export const MAX_INTEGER = 2 ** 31 - 1;
const TOKEN = /[ \t\n\r]*([0-9]+|[A-Za-z_][A-Za-z0-9_]{0,31}|\/\/|[-+*()])/y;

/** The dimension a text means. Throws ValueError with the end of a sentence ("`x` ..."). */
export function parseDimension(text: string): Dim {
  if (length(text) > MAX_LENGTH) throw new ValueError(`is longer than ${MAX_LENGTH} characters`);
  const reader = new Reader(tokens(text.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, "")));
  const dim = reader.expression(0);
  if (reader.next) throw new ValueError(`is not understood from ${quoted(reader.next)} on`);
  return dim;
}

function tokens(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) {
      const rest = quoted(head(text.slice(at), 12));
      throw new ValueError(`is not understood from ${rest} on; use names, integers and + - * //`);
    }
    found.push(match[1] as string);
    at += match[0].length;
  }
  return found;
}

/** Recursive descent over a token list; nesting is bounded, so is the recursion. */
class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  get next(): string {
    return this.tokens[this.at] ?? "";
  }

  expression(depth: number): Dim {
    let dim = this.term(depth);
    for (let operator = this.take("+", "-"); operator; operator = this.take("+", "-")) {
      const right = this.term(depth);
      dim = operator === "+" ? add(dim, right) : sub(dim, right);
    }
    return dim;
  }

  private take(...wanted: readonly string[]): string {
    const token = this.next;
    if (wanted.length && !wanted.includes(token)) return "";
    this.at++;
    return token;
  }

  private term(depth: number): Dim {
    let dim = this.factor(depth);
    for (let operator = this.take("*", "//"); operator; operator = this.take("*", "//")) {
      const right = this.factor(depth);
      dim = operator === "*" ? mul(dim, right) : floordiv(dim, divisor(right));
    }
    return dim;
  }

  private factor(depth: number): Dim {
    if (depth > MAX_NESTING) throw new ValueError(`is nested deeper than ${MAX_NESTING} levels`);
    const token = this.take();
    if (token === "-") return neg(this.factor(depth + 1));
    if (token === "(") {
      const dim = this.expression(depth + 1);
      if (!this.take(")")) throw new ValueError("lacks a closing parenthesis");
      return dim;
    }
    if (/^[0-9]/.test(token)) return integerOf(token);
    if (/^[A-Za-z_]/.test(token)) return symbol(token);
    throw new ValueError(token ? `lacks a size before ${quoted(token)}` : "ends where a size is expected");
  }
}

function divisor(dim: Dim): Int {
  if (!isExpression(dim) && dim >= 1) return dim;
  throw new ValueError("divides by something other than a positive integer");
}

function integerOf(token: string): Int {
  const value = integer(BigInt(token));
  if (value > MAX_INTEGER) throw new ValueError(`holds ${value}, more than 2^31 - 1`);
  return value;
}
