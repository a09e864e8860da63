/** Totals of two states beside each other, with how far apart they are. */

import { exact } from "../format/figures.js";
import { difference, type Figure, shownBy } from "./totals.js";

interface Props {
  readonly figures: readonly Figure[];
  readonly names: readonly [before: string, after: string];
}

export function FigureTable({ figures, names }: Props) {
  return (
    <div className="overflow-x-auto">
      <table className="tabular w-full text-sm">
        <thead className="text-xs text-muted">
          <tr>
            <th scope="col" className="py-1.5 pr-3 text-left font-medium">
              Total
            </th>
            {[...names, "Difference"].map((name) => (
              <th key={name} scope="col" className="max-w-32 truncate py-1.5 pl-3 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <Row key={figure.name} {...figure} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ name, label, before, after }: Figure) {
  const show = shownBy(name);
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-2 pr-3 text-left font-normal">
        {label}
      </th>
      {[before, after].map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: before and after.
        <td key={at} className="max-w-32 truncate py-2 pl-3 text-right" title={exact(value)}>
          {show(value)}
        </td>
      ))}
      <td className={`py-2 pl-3 text-right ${before === after ? "text-muted" : "font-medium"}`}>
        {difference(before, after, show)
          .split(/ (?=\()/)
          .map((part) => (
            <span key={part} className="inline-block pl-1 whitespace-nowrap">
              {part}
            </span>
          ))}
      </td>
    </tr>
  );
}
