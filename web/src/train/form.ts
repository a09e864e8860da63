/** What stands in the form of the train page, and what is sent of it. */

import type { Run } from "../runs/queries.js";
import type { Chosen } from "./data.js";
import { INITIAL, optionsOf, problemsOf, type Values, valuesOf } from "./options.js";
import type { Wanted } from "./useStart.js";

export interface Form {
  /** 0 until another than the newest is chosen. */
  readonly version: number;
  readonly data: Chosen | null;
  readonly values: Values;
  readonly device: string;
  readonly minutes: string;
  readonly name: string;
}

export const BLANK: Form = { version: 0, data: null, values: INITIAL, device: "", minutes: "60", name: "" };

const MINUTE_MS = 60_000;
const LONGEST_MINUTES = 7 * 24 * 60;

/** The form as an earlier run had it; version and name stay, as it is to be another. */
export function asIn(form: Form, run: Run): Form {
  return {
    ...form,
    data: { dataset: run.datasetId, version: run.datasetVersion },
    values: valuesOf(run.options),
    device: run.device,
    minutes: String(Number((Number(run.limitMilliseconds) / MINUTE_MS).toFixed(2))),
  };
}

export function limitProblem(minutes: string): string | null {
  const value = minutes.trim() === "" ? Number.NaN : Number(minutes);
  if (value * MINUTE_MS >= 1000 && value <= LONGEST_MINUTES) return null;
  return `The limit lies between a second (0.02) and a week (${LONGEST_MINUTES.toLocaleString("en")} minutes).`;
}

/** The run asked for; null while something is missing or wrong. */
export function wantedOf(form: Form, architecture: string, newest: number, ready: boolean): Wanted | null {
  const { data, values, device, minutes, name, version } = form;
  if (!data || !ready || Object.keys(problemsOf(values)).length > 0 || limitProblem(minutes)) return null;
  return {
    architectureId: architecture,
    architectureVersion: version || newest,
    datasetId: data.dataset,
    datasetVersion: data.version,
    options: optionsOf(values),
    device,
    limitMilliseconds: String(Math.round(Number(minutes) * MINUTE_MS)),
    name: name.trim(),
  };
}
