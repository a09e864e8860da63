/** The nodes that cost something else than before, dearest change first. */

import { useMemo, useState } from "react";
import type { Analysis } from "../blueprint/index.js";
import { nameAt } from "../canvas/scope.js";
import { exact } from "../format/figures.js";
import { Button } from "../ui/button.js";
import type { Level } from "./comparison.js";
import { costsOf } from "./nodeChange.js";
import { difference, type Figure, shownBy } from "./totals.js";

interface Props {
  readonly level: Level;
  readonly analyses: readonly [before: Analysis, after: Analysis];
}

interface Costs {
  readonly name: string;
  readonly figures: readonly Figure[];
  readonly weight: number;
}

const AT_ONCE = 12;

export function NodeCosts({ level, analyses }: Props) {
  const [most, setMost] = useState(AT_ONCE);
  const found = useMemo(() => changed(level, analyses), [level, analyses]);
  if (found.length === 0) return null;
  return (
    <div className="min-w-0">
      <h3 className="mb-2 font-semibold">By node</h3>
      <div className="overflow-x-auto">
        <table className="tabular w-full table-fixed text-sm">
          <thead className="text-xs text-muted">
            <tr>
              <th scope="col" className="py-1.5 pr-3 text-left font-medium">
                Node
              </th>
              {found[0]?.figures.map(({ label }) => (
                <th key={label} scope="col" className="truncate py-1.5 pl-3 text-right font-medium">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, most).map((costs) => (
              <Row key={costs.name} {...costs} />
            ))}
          </tbody>
        </table>
      </div>
      {found.length > most ? (
        <Button className="mt-2" onClick={() => setMost(most + 200)}>{`${found.length - most} more nodes`}</Button>
      ) : null}
    </div>
  );
}

function Row({ name, figures }: Costs) {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="truncate py-2 pr-3 text-left font-normal" title={name}>
        <bdi>{name}</bdi>
      </th>
      {figures.map(({ name, before, after }) => (
        <td
          key={name}
          className={`py-2 pl-3 text-right ${before === after ? "text-muted" : ""}`}
          title={`${exact(before)} before, ${exact(after)} after`}
        >
          {difference(before, after, shownBy(name)).replace(/ \(.*/, "")}
        </td>
      ))}
    </tr>
  );
}

function changed({ before, after, names, paths }: Level, [was, is]: Props["analyses"]): Costs[] {
  const pairs = [
    ...before.graph.nodes.map(({ id }) => [id, names.get(id) ?? null] as const),
    ...after.graph.nodes.filter(({ id }) => ![...names.values()].includes(id)).map(({ id }) => [null, id] as const),
  ];
  const all = pairs.map(([from, to]) => {
    const figures = costsOf(
      from === null ? undefined : was.nodes.get(nameAt(paths.before, from)),
      to === null ? undefined : is.nodes.get(nameAt(paths.after, to)),
    );
    return { name: (to ?? from) as string, figures, weight: weightOf(figures) };
  });
  return all
    .filter(({ figures }) => figures.some(({ before, after }) => before !== after))
    .sort((a, b) => b.weight - a.weight);
}

/** By parameters, then by the rest; expressions come last. */
function weightOf(figures: readonly Figure[]): number {
  const [params = 0, macs = 0] = figures.map(({ before, after }) => Math.abs(Number(after) - Number(before)) || 0);
  return params + macs * 1e-6;
}
