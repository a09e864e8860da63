/**
 * What a layer type is: its ports, its settings, and one rule from input tensors to facts.
 *
 * The layers themselves are translated from blueprint/catalogue into catalogue.ts. A rule is a pure function
 * `(...inputs, config, report) => Facts | null`, one argument for each port: a Tensor, null at an optional port left
 * open, a list of Tensors at a variadic one.
 */

import type { Dim, Shape, Verdict } from "./dimensions.js";
import type { Int } from "./integers.js";
import type { Json } from "./spelling.js";

/** What flows along an edge. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: string;
}

/** All settings of a node, in the fixed forms that rules read: sizes and shapes are lists. */
// biome-ignore lint/suspicious/noExplicitAny: rules are translated from Python, and as loosely typed here as there.
export type Config = { readonly [name: string]: any };

/** What is known of a layer once its inputs are; see blueprint/catalogue/layer.py. */
export interface Facts {
  readonly outputs: readonly Tensor[];
  readonly params: Int;
  readonly macs: Dim;
  readonly determined: Config | null;
  readonly keepsInput: boolean;
  readonly keepsInputForGradient: boolean;
  readonly keepsOutput: boolean;
  readonly keepsPorts: readonly string[];
  readonly keeps: readonly Tensor[];
  readonly isView: boolean;
}

/** Tells of something wrong: `verdict` false is an error, null a warning, true nothing. Gives false for an error. */
export type Report = (verdict: Verdict, code: string, what: string, mend: string) => boolean;

// biome-ignore lint/suspicious/noExplicitAny: one argument for each port, whatever ports a layer has.
export type Rule = (...args: any[]) => Facts | null;

/** One setting; `type` is a key of the readers in settings.ts. What it means stands in help.ts. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly default: Json;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly unit: string;
  readonly choices: readonly string[];
  readonly count: number;
  readonly required: boolean;
  readonly determined: boolean;
  readonly nullable: boolean;
}

/**
 * An input; a variadic one is `in.0`, `in.1`, ... with at least `minimum` of them. An optional one left open takes
 * what enters the port `standIn`, where it names one.
 */
export interface Port {
  readonly name: string;
  readonly variadic: boolean;
  readonly minimum: number;
  readonly optional: boolean;
  readonly standIn: string;
}

/** One type of the catalogue; help.ts tells people what it does. `parameters` are the output ports that give parameters themselves. */
export interface Layer {
  readonly type: string;
  readonly category: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly string[];
  readonly parameters: readonly string[];
  readonly fields: readonly Field[];
  readonly rule: Rule;
}

type FieldRow = Partial<Field> & { name: string; type: string };
type Row = [
  type: string,
  category: string,
  inputs: (string | Partial<Port>)[],
  outputs: string[],
  parameters: string[],
  fields: number[],
  rule: Rule,
];

const NUMBER = /^(0|[1-9][0-9]{0,8})$/;
const NO_FACTS = {
  params: 0,
  macs: 0,
  determined: null,
  keepsInput: false,
  keepsInputForGradient: false,
  keepsOutput: false,
  keepsPorts: [],
  keeps: [],
  isView: false,
};

/** A plain input port. */
export function port(name: string): Port {
  return { name, variadic: false, minimum: 1, optional: false, standIn: "" };
}

/** Which of the variadic ports a handle names; null where it names none. */
export function indexOf(port: Port, handle: string): number | null {
  const number = handle.startsWith(`${port.name}.`) ? handle.slice(port.name.length + 1) : "";
  return port.variadic && NUMBER.test(number) ? Number(number) : null;
}

/** Whether a handle names a port. */
export function accepts(port: Port, handle: string): boolean {
  return port.variadic ? indexOf(port, handle) !== null : handle === port.name;
}

export function tensor(shape: Shape, dtype = "float32"): Tensor {
  return { shape, dtype };
}

export function facts(outputs: readonly Tensor[], given: Partial<Facts> = {}): Facts {
  return { outputs, ...NO_FACTS, ...given };
}

/** The catalogue from the rows of catalogue.ts; what a row leaves out has its default, and layers share fields. */
export function table(fields: readonly FieldRow[], rows: readonly Row[]): ReadonlyMap<string, Layer> {
  const whole = fields.map(field);
  const layers = rows.map(([type, category, inputs, outputs, parameters, places, rule]) => ({
    type,
    category,
    inputs: inputs.map((each) => (typeof each === "string" ? port(each) : { ...port(""), ...each })),
    outputs,
    parameters,
    fields: places.map((place) => whole[place] as Field),
    rule,
  }));
  return new Map(layers.map((layer) => [layer.type, layer]));
}

function field(row: FieldRow): Field {
  return {
    default: null,
    minimum: null,
    maximum: null,
    unit: "",
    choices: [],
    count: 0,
    required: false,
    determined: false,
    nullable: false,
    ...row,
  };
}
