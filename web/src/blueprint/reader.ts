/**
 * What a JSON text means, and what is the first thing wrong with it: blueprint/reader.py step by step.
 *
 * `JSON.parse` will not do: it rounds integers beyond 2^53, lets the last of repeated keys win, reorders keys that
 * look like numbers, and has words of its own in every browser.
 */

import { DocumentError } from "./errors.js";
import { Budget, fittingNumber, fittingText, integerOf } from "./limits.js";
import { quoted } from "./quoting.js";
import type { Json, JsonObject } from "./spelling.js";
import { isHigh, length } from "./text.js";

const WHITE = /[ \t\n\r]*/y;
const COMMA = /[ \t\n\r]*,[ \t\n\r]*/y;
const NUMBER = /(-?(?:0|[1-9][0-9]*))((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids these in texts.
const PLAIN = /[^"\\\x00-\x1f]*/y;
const HEX = /\\u([0-9A-Fa-f]{4})/y;
const LOW_HALF = /\\u([dD][c-fC-F][0-9A-Fa-f]{2})/y;
const WORDS: readonly (readonly [string, Json])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];
const NO_NUMBERS = ["NaN", "Infinity", "-Infinity"];
const ESCAPES = new Map([...'"\\/'].map((character) => [character, character]));
for (const [name, character] of Object.entries({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" })) {
  ESCAPES.set(name, character);
}

/** The value of a JSON text. Throws DocumentError. */
export function read(text: string): Json {
  const reader = new Reader(text);
  reader.skipWhite();
  const value = reader.value(0);
  reader.skipWhite();
  if (reader.at < text.length) throw reader.broken("something follows the end of the document", reader.at);
  return value;
}

/** Recursive descent; nesting is bounded, so is the recursion. */
class Reader {
  at = 0;
  private readonly budget = new Budget();

  constructor(private readonly text: string) {}

  broken(what: string, at: number): DocumentError {
    const before = this.text.slice(0, at);
    const start = before.lastIndexOf("\n") + 1;
    const line = before.split("\n").length;
    return new DocumentError(`not JSON: ${what} at line ${line}, column ${length(before.slice(start)) + 1}`);
  }

  skipWhite(): void {
    this.match(WHITE);
  }

  value(depth: number): Json {
    this.budget.enter(depth);
    const number = this.match(NUMBER);
    if (number) return numberOf(number[1] as string, number[2] as string);
    if (this.text[this.at] === '"') return this.string();
    if (this.takes("{")) return this.object(depth);
    if (this.takes("[")) return this.list(depth);
    return this.word();
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }

  private takes(token: string): boolean {
    const found = this.text.startsWith(token, this.at);
    if (found) this.at += token.length;
    return found;
  }

  /** Whether a comma comes, all white space around it passed. */
  private passesComma(): boolean {
    if (this.match(COMMA)) return true;
    this.skipWhite();
    return false;
  }

  private word(): Json {
    for (const [word, meaning] of WORDS) if (this.takes(word)) return meaning;
    for (const name of NO_NUMBERS) if (this.takes(name)) throw new DocumentError(`${name} is not a JSON number`);
    throw this.broken("a value is expected", this.at);
  }

  private object(depth: number): JsonObject {
    const result = new Map<string, Json>();
    this.skipWhite();
    if (this.takes("}")) return result;
    for (;;) {
      this.member(result, depth);
      if (this.passesComma()) continue;
      if (this.takes("}")) return result;
      throw this.broken('"," or "}" is expected', this.at);
    }
  }

  private member(result: Map<string, Json>, depth: number): void {
    if (this.text[this.at] !== '"') throw this.broken("a key in double quotes is expected", this.at);
    const key = this.string();
    if (result.has(key)) throw new DocumentError(`the key ${quoted(key)} appears twice in one object`);
    this.skipWhite();
    if (!this.takes(":")) throw this.broken('":" is expected', this.at);
    this.skipWhite();
    result.set(key, this.value(depth + 1));
  }

  private list(depth: number): Json[] {
    const result: Json[] = [];
    this.skipWhite();
    if (this.takes("]")) return result;
    for (;;) {
      result.push(this.value(depth + 1));
      if (this.passesComma()) continue;
      if (this.takes("]")) return result;
      throw this.broken('"," or "]" is expected', this.at);
    }
  }

  private string(): string {
    const opening = this.at++;
    const parts: string[] = [];
    let halved = false;
    for (;;) {
      parts.push(this.match(PLAIN)?.[0] ?? "");
      if (this.takes('"')) return fittingText(parts.join(""), halved);
      const rest = this.text.length - this.at;
      if (rest === 0 || (rest === 1 && this.text[this.at] === "\\")) {
        throw this.broken("a text without a closing quote begins", opening);
      }
      if (this.text[this.at] !== "\\") throw this.broken("a control character that is not escaped stands", this.at);
      const character = this.escape();
      halved ||= character.length === 1 && isHigh(character.charCodeAt(0));
      parts.push(character);
    }
  }

  private escape(): string {
    const hex = this.match(HEX);
    if (hex) return this.character(Number.parseInt(hex[1] as string, 16));
    const character = ESCAPES.get(this.text[this.at + 1] as string);
    if (character === undefined) throw this.broken("an escape that JSON does not know stands", this.at);
    this.at += 2;
    return character;
  }

  /** A high half joins with the low half that is escaped after it, but not with one written plainly. */
  private character(code: number): string {
    const low = isHigh(code) ? this.match(LOW_HALF) : null;
    return String.fromCharCode(code) + (low ? String.fromCharCode(Number.parseInt(low[1] as string, 16)) : "");
  }
}

function numberOf(whole: string, rest: string): Json {
  return rest ? fittingNumber(Number(whole + rest)) : integerOf(whole);
}
