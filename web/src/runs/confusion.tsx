/** Which classes are taken for which: a table whose cells are as dark as they are full. */

import { useState } from "react";
import { percent } from "../format/figures.js";
import { Button } from "../ui/button.js";
import { type Evaluation, mistakes } from "./judgement.js";

interface Cell {
  readonly row: number;
  readonly column: number;
}

export function Confusion({ evaluation }: { evaluation: Evaluation }) {
  const [shares, setShares] = useState(false);
  const [cell, setCell] = useState<Cell | null>(null);
  const { classes, confusion } = evaluation;
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  return (
    <div className="grid min-w-0 content-start gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="grow text-sm font-medium">Confusion matrix</h3>
        <Button
          look="quiet"
          aria-pressed={shares}
          onClick={() => setShares(!shares)}
          className="aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
        >
          As shares
        </Button>
      </div>
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
        tabIndex={0}
        className="relative overflow-auto rounded-[10px] border border-line"
        onPointerLeave={() => setCell(null)}
      >
        <table className="tabular w-full border-separate border-spacing-px text-xs">
          <caption className="sr-only">Rows are what samples are, columns what the network takes them for</caption>
          <thead>
            <tr>
              <th scope="col" className="sticky left-0 bg-surface p-1.5 text-left font-normal text-muted">
                is ↓ for →
              </th>
              {classes.map(({ name }) => (
                <th key={name} scope="col" title={name} dir="auto" className="max-w-16 truncate p-1.5 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {confusion.map((counts, row) => (
              <tr key={classes[row]?.name ?? row}>
                <th
                  scope="row"
                  title={classes[row]?.name}
                  dir="auto"
                  className="sticky left-0 max-w-24 truncate bg-surface p-1.5 text-left font-medium"
                >
                  {classes[row]?.name}
                </th>
                {counts.map((count, column) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns are classes, in an order of their own.
                    key={column}
                    onPointerEnter={() => setCell({ row, column })}
                    className="h-8 min-w-8 rounded-sm text-center"
                    style={shade(count / Math.max(1, totals[row] ?? 0), row === column)}
                  >
                    {shares ? shareOf(count, totals[row] ?? 0) : count || <span className="text-muted">0</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p aria-live="polite" dir="auto" className="min-h-10 text-sm text-muted">
        {cell ? inWords(evaluation, cell, totals[cell.row] ?? 0) : worst(evaluation)}
      </p>
    </div>
  );
}

function shade(share: number, right: boolean) {
  const strength = share === 0 ? 0 : Math.round(12 + share * 43);
  return { backgroundColor: `color-mix(in oklab, var(--${right ? "accent" : "bad"}) ${strength}%, transparent)` };
}

function shareOf(count: number, total: number) {
  return count === 0 ? <span className="text-muted">0</span> : Math.round((100 * count) / total);
}

function inWords({ classes, confusion }: Evaluation, { row, column }: Cell, total: number): string {
  const count = confusion[row]?.[column] ?? 0;
  const [is, taken] = [classes[row]?.name, classes[column]?.name];
  const share = total > 0 ? ` (${percent(count / total)})` : "";
  return row === column
    ? `${count} of ${total} of ${is} are recognised${share}.`
    : `${count} of ${total} of ${is} are taken for ${taken}${share}.`;
}

function worst(evaluation: Evaluation): string {
  const found = mistakes(evaluation, 3).map(({ actual, taken, count }) => `${actual} for ${taken} (${count})`);
  return found.length > 0 ? `Most often mistaken: ${found.join(", ")}.` : "No sample of the test split is mistaken.";
}
