/** Runs side by side: their curves along one axis, and what of them differs. */

import { type Curve, lastStep, stretched } from "../charts/curve.js";
import type { Axis } from "./listing.js";
import { OPTIONS, optionText } from "./optionNames.js";
import type { Run } from "./queries.js";
import type { Names } from "./useNames.js";

/** By what steps of a run are multiplied to lie on an axis; null where the run's data does not tell. */
export function factorOf(run: Run, axis: Axis): number | null {
  if (axis === "step") return 1;
  const { progress } = run;
  const [step, steps] = [Number(progress?.step ?? 0), Number(progress?.steps ?? 0)];
  if (!progress || step <= 0 || steps <= 0) return null;
  return axis === "epoch" ? progress.epochs / steps : Number(run.deviceMilliseconds) / 1000 / step;
}

/** The curve on the axis; null where it cannot lie there. */
export function aligned(curve: Curve, run: Run, axis: Axis): Curve | null {
  const factor = factorOf(run, axis);
  return factor === null || lastStep(curve) < 0 ? null : stretched(curve, factor);
}

export interface Difference {
  readonly label: string;
  /** In the order of the runs. */
  readonly values: readonly string[];
}

/** What the runs were asked for, where it is not the same of all of them. */
export function differences(runs: readonly Run[], names: Names): readonly Difference[] {
  const all: readonly (readonly [string, (run: Run) => string])[] = [
    ["Architecture", names.architecture],
    ["Data", names.dataset],
    ["Device", ({ device }) => device],
    ...OPTIONS.map(([name, label]) => [label, (run: Run) => optionText(run.options[name])] as const),
  ];
  const found = all.map(([label, value]) => ({ label, values: runs.map(value) }));
  return found.filter(({ values }) => new Set(values).size > 1);
}
