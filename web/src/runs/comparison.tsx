/** Chosen runs beside one another: curves, results, and the options in which they differ. */

import { ArrowLeft, Link2 } from "lucide-react";
import { useMemo } from "react";
import { Link } from "wouter";
import { Swatch } from "../charts/legend.js";
import { strokeOf } from "../charts/palette.js";
import { duration, percent } from "../format/figures.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Empty, Skeleton } from "../ui/states.js";
import { copy } from "../ui/take.js";
import { differences } from "./comparing.js";
import type { Listing } from "./listing.js";
import { Overlay } from "./overlay.js";
import type { Run } from "./queries.js";
import { StateBadge } from "./status.js";
import { type Compared, useCompared } from "./useCompared.js";
import { type Names, useNames } from "./useNames.js";

interface Props {
  readonly project: string;
  readonly listing: Listing;
  readonly onChange: (change: (listing: Listing) => Listing) => void;
}

/** What most people look at first, where it was measured. */
const PREFERRED = "val/loss";

export function Comparison({ project, listing, onChange }: Props) {
  const metric = listing.metric || PREFERRED;
  const compared = useCompared(listing.chosen, metric);
  const runs = useMemo(() => compared?.map(({ run }) => run) ?? [], [compared]);
  const names = useNames(project, runs);
  const back = () => onChange((now) => ({ ...now, comparing: false }));
  return (
    <div className="grid min-w-0 grid-cols-1 gap-6">
      <div className="flex flex-wrap gap-2">
        <Button onClick={back}>
          <ArrowLeft size={16} aria-hidden="true" /> All runs
        </Button>
        <Button onClick={() => copy(location.href, "Link to this comparison")}>
          <Link2 size={16} aria-hidden="true" /> Copy link
        </Button>
      </div>
      {compared === null ? <Skeleton className="h-96" /> : null}
      {compared && compared.length < 2 ? (
        <Empty title="Choose at least two runs" action={<Button onClick={back}>Choose runs</Button>}>
          Mark runs in the list, then compare them. Runs that are gone are left out here.
        </Empty>
      ) : null}
      {compared && compared.length >= 2 ? (
        <>
          <Overlay
            compared={compared}
            metric={metric}
            axis={listing.axis}
            onMetric={(metric) => onChange((now) => ({ ...now, metric }))}
            onAxis={(axis) => onChange((now) => ({ ...now, axis }))}
          />
          <Results compared={compared} names={names} />
        </>
      ) : null}
    </div>
  );
}

function Results({ compared, names }: { compared: readonly Compared[]; names: Names }) {
  const runs = compared.map(({ run }) => run);
  const differing = differences(runs, names);
  const best = (value: (run: Run) => number | null) =>
    Math.max(...runs.map((run) => value(run) ?? Number.NEGATIVE_INFINITY));
  const [topTest, topValidation] = [best((run) => run.testAccuracy), best(validation)];
  return (
    <Card
      title="Results and differences"
      hint={
        differing.length === 0
          ? "These runs were asked for the same."
          : "Options that are the same in all of them are left out."
      }
    >
      <div className="relative overflow-x-auto">
        <table className="tabular w-full text-sm">
          <thead>
            <tr className="text-left text-muted">
              {[
                "Run",
                "State",
                "Validation",
                "Best epoch",
                "Test",
                "Device time",
                ...differing.map(({ label }) => label),
              ].map((title) => (
                <th key={title} scope="col" className="px-3 py-2 font-medium whitespace-nowrap first:pl-0">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((run, place) => (
              <tr key={run.id} className="border-t border-line">
                <th scope="row" className="max-w-60 py-2 pr-3 text-left font-medium">
                  <span className="flex items-center gap-2">
                    <Swatch stroke={strokeOf(place)} />
                    <Link
                      href={`/runs/${run.id}`}
                      dir="auto"
                      className="min-w-0 truncate underline-offset-2 hover:text-accent-text hover:underline"
                    >
                      {run.name}
                    </Link>
                  </span>
                </th>
                <td className="px-3 py-2">
                  <StateBadge run={run} />
                </td>
                <Best value={validation(run)} top={topValidation} />
                <td className="px-3 py-2">{run.bestEpoch || "–"}</td>
                <Best value={run.testAccuracy} top={topTest} />
                <td className="px-3 py-2 whitespace-nowrap">{duration(run.deviceMilliseconds)}</td>
                {differing.map(({ label, values }) => (
                  <td key={label} dir="auto" className="max-w-48 truncate px-3 py-2" title={values[place]}>
                    {values[place]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Best({ value, top }: { value: number | null; top: number }) {
  const first = value !== null && value === top;
  return (
    <td className={`px-3 py-2 whitespace-nowrap ${first ? "font-semibold text-good" : ""}`}>
      {percent(value, 2)}
      {first ? <span className="sr-only"> the best</span> : null}
    </td>
  );
}

function validation(run: Run): number | null {
  return run.bestEpoch ? run.bestValidationAccuracy : null;
}
