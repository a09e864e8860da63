/** What a template lets people choose, and whether what they wrote is among it; the same rules as blueprint/templates. */

import type { Plain } from "../gateway/graphql.js";

export interface Parameter {
  readonly name: string;
  readonly type: "integer" | "number";
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly help: string;
  readonly multiple: number;
}

/** What is written in the fields, by parameter. */
export type Written = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, number>>;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function parametersOf(parameters: Plain): readonly Parameter[] {
  return parameters as unknown as readonly Parameter[];
}

/** The fields as they are at first. */
export function defaultsOf(parameters: readonly Parameter[]): Written {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, String(parameter.default)]));
}

/** One sentence, null where nothing is wrong. */
export function problemOf(parameter: Parameter, text: string): string | null {
  const value = numberIn(text);
  return value !== null && allows(parameter, value) ? null : `must be ${allowed(parameter)}`;
}

/** Values of all parameters; null where one of them is wrong. */
export function valuesOf(parameters: readonly Parameter[], written: Written): Values | null {
  const values: Record<string, number> = {};
  for (const parameter of parameters) {
    const value = numberIn(written[parameter.name] ?? "");
    if (value === null || !allows(parameter, value)) return null;
    values[parameter.name] = value;
  }
  return values;
}

/** "drop_path" is "Drop path". */
export function labelOf({ name }: Parameter): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "A whole number from 16 to 2,048, in steps of 16". */
export function allowed({ type, minimum, maximum, multiple }: Parameter): string {
  const kind = type === "integer" ? "a whole number" : "a number";
  const steps = multiple === 1 ? "" : `, a multiple of ${multiple}`;
  return `${kind} from ${minimum.toLocaleString("en")} to ${maximum.toLocaleString("en")}${steps}`;
}

function numberIn(text: string): number | null {
  return NUMBER.test(text.trim()) ? Number(text) : null;
}

function allows({ type, minimum, maximum, multiple }: Parameter, value: number): boolean {
  if (type === "integer" && !Number.isInteger(value)) return false;
  return minimum <= value && value <= maximum && (multiple === 1 || value % multiple === 0);
}
