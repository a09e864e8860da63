/** The options of a run as a form has them: text that may be wrong, checked as the trainer checks it. */

import type { VariablesOf } from "../gateway/graphql.js";
import type { Run } from "../runs/queries.js";
import type { START } from "./queries.js";

export type Options = NonNullable<VariablesOf<typeof START>["options"]>;
export type Name = keyof Run["options"];
export type Values = Readonly<Record<Name, string>>;
export type Problems = Partial<Record<Name, string>>;

export interface Field {
  readonly name: Name;
  readonly label: string;
  readonly help: string;
  readonly initial: string;
  readonly essential?: true;
  /** What can be chosen; else it is a number. */
  readonly choices?: readonly (readonly [value: string, title: string])[];
  readonly whole?: true;
  readonly least?: number;
  readonly most?: number;
}

export const FIELDS: readonly Field[] = [
  {
    name: "epochs",
    label: "Epochs",
    help: "How many times the network sees the whole training split.",
    initial: "20",
    essential: true,
    whole: true,
    least: 1,
    most: 100_000,
  },
  {
    name: "batchSize",
    label: "Batch size",
    help: "Samples per step: more are faster per sample and need more memory.",
    initial: "64",
    essential: true,
    whole: true,
    least: 1,
    most: 2 ** 20,
  },
  {
    name: "learningRate",
    label: "Learning rate",
    help: "How far each step goes; too high diverges, too low hardly moves.",
    initial: "0.002",
    essential: true,
    least: 1e-9,
    most: 1000,
  },
  {
    name: "optimizer",
    label: "Optimizer",
    help: "The rule by which gradients become steps; AdamW suits most networks.",
    initial: "adamw",
    essential: true,
    choices: [
      ["adamw", "AdamW"],
      ["adam", "Adam"],
      ["sgd", "SGD with Nesterov momentum"],
      ["rmsprop", "RMSprop"],
    ],
  },
  {
    name: "scheduler",
    label: "Schedule",
    help: "How the learning rate goes on: cosine falls smoothly to zero, constant stays.",
    initial: "cosine",
    choices: [
      ["cosine", "Cosine"],
      ["constant", "Constant"],
    ],
  },
  {
    name: "weightDecay",
    label: "Weight decay",
    help: "Pulls weights towards zero, which helps against learning by heart.",
    initial: "0.01",
    least: 0,
    most: 1000,
  },
  {
    name: "warmupEpochs",
    label: "Warm-up epochs",
    help: "Epochs over which the learning rate rises from zero; a fraction is fine.",
    initial: "0",
    least: 0,
    most: 100_000,
  },
  {
    name: "clipNorm",
    label: "Clip norm",
    help: "Scales larger gradients down to this norm; 0 does not.",
    initial: "0",
    least: 0,
    most: 1e9,
  },
  {
    name: "labelSmoothing",
    label: "Label smoothing",
    help: "The share of certainty given to the other classes, which keeps scores small.",
    initial: "0",
    least: 0,
    most: 1,
  },
  {
    name: "precision",
    label: "Precision",
    help: "bfloat16 is faster on GPUs that know it, and rounds more.",
    initial: "float32",
    choices: [
      ["float32", "float32"],
      ["bfloat16", "bfloat16"],
    ],
  },
  {
    name: "seed",
    label: "Seed",
    help: "Where chance begins: the same seed on the same machine trains the same network.",
    initial: "0",
    whole: true,
    least: 0,
  },
];

const LARGEST_SEED = 2n ** 63n - 1n;

export const INITIAL: Values = valuesBy(({ initial }) => initial);

/** The options of an earlier run. */
export function valuesOf(options: Run["options"]): Values {
  return valuesBy(({ name }) => String(options[name]));
}

function valuesBy(of: (field: Field) => string): Values {
  return Object.fromEntries(FIELDS.map((field) => [field.name, of(field)])) as Record<Name, string>;
}

/** What is wrong with a value, in one sentence; null where nothing is. */
export function problemOf(field: Field, text: string): string | null {
  if (field.choices) return field.choices.some(([value]) => value === text) ? null : "Choose one of the list.";
  const { label, least = 0, most } = field;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) return `${label} is a number, such as ${field.initial}.`;
  if (field.whole && !/^\s*\d+\s*$/.test(text)) return `${label} is a whole number, such as ${field.initial}.`;
  if (field.name === "seed") return BigInt(text.trim()) > LARGEST_SEED ? `Seed is at most ${LARGEST_SEED}.` : null;
  if (value < least || value > (most as number)) {
    return `${label} lies between ${least.toLocaleString("en", { maximumFractionDigits: 9 })} and ${(most as number).toLocaleString("en")}.`;
  }
  return null;
}

export function problemsOf(values: Values): Problems {
  const found = FIELDS.map((field) => [field.name, problemOf(field, values[field.name])] as const);
  return Object.fromEntries(found.filter(([, problem]) => problem !== null));
}

/** The options as the gateway takes them; only of values without problems. */
export function optionsOf(values: Values): Options {
  return {
    epochs: Number(values.epochs),
    batchSize: Number(values.batchSize),
    learningRate: Number(values.learningRate),
    weightDecay: Number(values.weightDecay),
    optimizer: values.optimizer,
    scheduler: values.scheduler,
    warmupEpochs: Number(values.warmupEpochs),
    clipNorm: Number(values.clipNorm),
    labelSmoothing: Number(values.labelSmoothing),
    seed: values.seed.trim(),
    precision: values.precision,
  };
}
