/** The options of a run in words, wherever they are shown. */

import type { Run } from "./queries.js";
import { figure } from "./series.js";

export type OptionName = keyof Run["options"];

export const OPTIONS: readonly (readonly [name: OptionName, label: string])[] = [
  ["epochs", "Epochs"],
  ["batchSize", "Batch size"],
  ["learningRate", "Learning rate"],
  ["optimizer", "Optimizer"],
  ["scheduler", "Schedule"],
  ["weightDecay", "Weight decay"],
  ["warmupEpochs", "Warm-up epochs"],
  ["clipNorm", "Clip norm"],
  ["labelSmoothing", "Label smoothing"],
  ["precision", "Precision"],
  ["seed", "Seed"],
];

export function optionText(value: string | number): string {
  return typeof value === "number" ? figure(value) : value;
}
