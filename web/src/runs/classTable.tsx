/** Precision, recall and F1 of each class, in the order a person chooses. */

import { ArrowDown, ArrowUp } from "lucide-react";
import { useState } from "react";
import { exact, percent } from "../format/figures.js";
import { type ClassFigures, type Column, sorted } from "./judgement.js";

const COLUMNS: readonly (readonly [Column, string])[] = [
  ["name", "Class"],
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["f1", "F1"],
  ["support", "Support"],
];

export function ClassTable({ classes }: { classes: readonly ClassFigures[] }) {
  const [by, setBy] = useState<Column | null>(null);
  const [descending, setDescending] = useState(false);
  const shown = by ? sorted(classes, by, descending) : classes;
  const order = (column: Column) => {
    setDescending(by === column ? !descending : false);
    setBy(column);
  };
  return (
    <div className="grid min-w-0 content-start gap-3">
      <h3 className="flex min-h-11 items-center text-sm font-medium sm:min-h-9">Per class</h3>
      <div className="relative max-h-[30rem] overflow-auto rounded-[10px] border border-line">
        <table className="tabular w-full text-xs sm:text-sm">
          <thead className="sticky top-0 bg-surface">
            <tr>
              {COLUMNS.map(([column, title]) => (
                <th
                  key={column}
                  scope="col"
                  aria-sort={by !== column ? "none" : descending ? "descending" : "ascending"}
                  className="p-0 text-right font-medium first:text-left"
                >
                  <button
                    type="button"
                    onClick={() => order(column)}
                    className="inline-flex min-h-11 items-center gap-1 px-2 hover:text-accent-text sm:min-h-9 sm:px-3"
                  >
                    {title}
                    {by === column ? <Direction descending={descending} /> : null}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={each.name} className="border-t border-line">
                <th
                  scope="row"
                  dir="auto"
                  className="max-w-40 truncate px-2 py-2 text-left font-normal sm:px-3"
                  title={each.name}
                >
                  {each.name}
                </th>
                {([each.precision, each.recall, each.f1] as const).map((value, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: three columns in a fixed order.
                  <td key={at} className="px-2 py-2 text-right whitespace-nowrap sm:px-3">
                    {percent(value)}
                  </td>
                ))}
                <td className="px-2 py-2 text-right whitespace-nowrap sm:px-3">{exact(each.support)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Direction({ descending }: { descending: boolean }) {
  const Icon = descending ? ArrowDown : ArrowUp;
  return <Icon size={14} aria-hidden="true" />;
}
