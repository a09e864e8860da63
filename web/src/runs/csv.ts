/** Runs as a table for other programs. */

import { OPTIONS } from "./optionNames.js";
import type { Run } from "./queries.js";
import type { Names } from "./useNames.js";

type Column = readonly [title: string, value: (run: Run, names: Names) => string | number | null];

const COLUMNS: readonly Column[] = [
  ["id", (run) => run.id],
  ["name", (run) => run.name],
  ["state", (run) => run.state],
  ["reason", (run) => run.reason],
  ["architecture", (run, names) => names.architectures.get(run.architectureId) ?? run.architectureId],
  ["version", (run) => run.architectureVersion],
  ["dataset", (run) => run.datasetId],
  ["dataset_version", (run) => run.datasetVersion],
  ["best_validation_accuracy", (run) => (run.bestEpoch ? run.bestValidationAccuracy : null)],
  ["best_epoch", (run) => run.bestEpoch || null],
  ["test_accuracy", (run) => run.testAccuracy],
  ["device", (run) => run.device],
  ["device_milliseconds", (run) => run.deviceMilliseconds],
  ...OPTIONS.map(([name]): Column => [snake(name), (run) => run.options[name]]),
  ["created_at", (run) => run.createdAt],
  ["finished_at", (run) => run.finishedAt],
  ["created_by", (run, names) => names.person(run)],
];

/** RFC 4180, with a first row of names. */
export function csv(runs: readonly Run[], names: Names): string {
  const rows = [COLUMNS.map(([title]) => title), ...runs.map((run) => COLUMNS.map(([, value]) => value(run, names)))];
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Text that a spreadsheet would take for a formula is made plain by an apostrophe. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
