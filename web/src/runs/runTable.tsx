/** Runs as a table in the server's order, on a phone as cards; each can be chosen. */

import { ArrowDown, ArrowUp } from "lucide-react";
import { Link } from "wouter";
import { ago, duration, percent } from "../format/figures.js";
import { INPUT } from "../ui/field.js";
import { Progress } from "../ui/states.js";
import { type Listing, MOST_CHOSEN, type Order, ordered, toggled } from "./listing.js";
import { isOver, type Run } from "./queries.js";
import { StateBadge } from "./status.js";
import type { Names } from "./useNames.js";

interface Props {
  readonly runs: readonly Run[];
  readonly names: Names;
  readonly listing: Listing;
  readonly onChange: (change: (listing: Listing) => Listing) => void;
}

const COLUMNS: readonly (readonly [title: string, order: Order | null])[] = [
  ["Run", "NAME"],
  ["State", null],
  ["Architecture", null],
  ["Validation", "BEST_VALIDATION_ACCURACY"],
  ["Test", "TEST_ACCURACY"],
  ["Device time", "DEVICE_MILLISECONDS"],
  ["Started", "CREATED_AT"],
];
const FIGURES: ReadonlySet<string> = new Set(["Validation", "Test", "Device time"]);

export function RunTable(props: Props) {
  return (
    <>
      <div className="relative hidden overflow-x-auto rounded-card border border-line bg-surface md:block">
        <Table {...props} />
      </div>
      <div className="grid grid-cols-1 gap-3 md:hidden">
        <OrderChoice {...props} />
        <ul className="grid grid-cols-1 gap-3" aria-label="Runs">
          {props.runs.map((run) => (
            <li key={run.id}>
              <RunCard run={run} {...props} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Table({ runs, names, listing, onChange }: Props) {
  return (
    <table className="tabular w-full text-sm">
      <thead>
        <tr>
          <th scope="col" className="w-10 p-0">
            <span className="sr-only">Chosen</span>
          </th>
          {COLUMNS.map(([title, order]) => (
            <th
              key={title}
              scope="col"
              aria-sort={order !== listing.order ? "none" : listing.descending ? "descending" : "ascending"}
              className={`p-0 font-medium text-muted ${FIGURES.has(title) ? "text-right" : "text-left"}`}
            >
              {order ? (
                <button
                  type="button"
                  onClick={() => onChange((now) => ordered(now, order))}
                  className="inline-flex min-h-11 items-center gap-1 px-3 hover:text-ink"
                >
                  {title}
                  {order === listing.order ? <Direction descending={listing.descending} /> : null}
                </button>
              ) : (
                <span className="inline-flex min-h-11 items-center px-3">{title}</span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id} className="border-t border-line hover:bg-sunken/60">
            <td className="pl-2">
              <Choice run={run} listing={listing} onChange={onChange} />
            </td>
            <th scope="row" className="max-w-72 px-3 py-2.5 text-left font-medium">
              <RunLink run={run} />
            </th>
            <td className="px-3 py-2.5">
              <StateBadge run={run} />
            </td>
            <td className="max-w-56 truncate px-3 py-2.5 text-muted" dir="auto" title={names.architecture(run)}>
              {names.architecture(run)}
            </td>
            <td className="px-3 py-2.5 text-right">{run.bestEpoch ? percent(run.bestValidationAccuracy) : "–"}</td>
            <td className="px-3 py-2.5 text-right font-medium">{percent(run.testAccuracy)}</td>
            <td className="px-3 py-2.5 text-right">{duration(run.deviceMilliseconds)}</td>
            <td className="px-3 py-2.5 whitespace-nowrap text-muted" title={`${run.createdAt} by ${names.person(run)}`}>
              {ago(run.createdAt)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RunLink({ run }: { run: Run }) {
  return (
    <Link
      href={`/runs/${run.id}`}
      dir="auto"
      className="block truncate rounded underline-offset-2 hover:text-accent-text hover:underline"
      title={run.name}
    >
      {run.name}
    </Link>
  );
}

function RunCard({ run, names, listing, onChange }: Props & { run: Run }) {
  const { progress } = run;
  return (
    <article className="grid min-w-0 grid-cols-1 gap-2 rounded-card border border-line bg-surface py-2 pr-4 pl-1.5">
      <div className="flex items-center gap-1">
        <Choice run={run} listing={listing} onChange={onChange} />
        <h2 className="min-w-0 grow font-medium">
          <RunLink run={run} />
        </h2>
        <StateBadge run={run} />
      </div>
      <div className="tabular grid gap-1 pb-2 pl-12 text-sm text-muted">
        {progress && !isOver(run.state) ? (
          <Progress
            value={Number(progress.step) / Math.max(1, Number(progress.steps))}
            label={`Progress of ${run.name}`}
          />
        ) : null}
        <p dir="auto" className="truncate">
          {names.architecture(run)}
        </p>
        <p>
          Test {percent(run.testAccuracy)} · validation {run.bestEpoch ? percent(run.bestValidationAccuracy) : "–"}
        </p>
        <p>
          {ago(run.createdAt)} · {duration(run.deviceMilliseconds)} on {run.device}
        </p>
      </div>
    </article>
  );
}

function Choice({ run, listing, onChange }: Pick<Props, "listing" | "onChange"> & { run: Run }) {
  const checked = listing.chosen.includes(run.id);
  return (
    <label className="grid size-11 shrink-0 cursor-pointer place-items-center sm:size-9">
      <span className="sr-only">Compare {run.name}</span>
      <input
        type="checkbox"
        checked={checked}
        disabled={!checked && listing.chosen.length >= MOST_CHOSEN}
        onChange={() => onChange((now) => toggled(now, run.id))}
        className="size-4.5 accent-accent"
      />
    </label>
  );
}

function OrderChoice({ listing, onChange }: Pick<Props, "listing" | "onChange">) {
  return (
    <div className="flex gap-2">
      <select
        aria-label="Order"
        value={listing.order}
        onChange={(event) => onChange((now) => ({ ...now, order: event.target.value as Order }))}
        className={INPUT}
      >
        {COLUMNS.map(([title, order]) =>
          order ? (
            <option key={order} value={order}>
              By {title.toLowerCase()}
            </option>
          ) : null,
        )}
      </select>
      <button
        type="button"
        aria-label={listing.descending ? "Descending; make it ascending" : "Ascending; make it descending"}
        onClick={() => onChange((now) => ({ ...now, descending: !now.descending }))}
        className="grid size-11 shrink-0 place-items-center rounded-[10px] border border-line bg-surface"
      >
        <Direction descending={listing.descending} />
      </button>
    </div>
  );
}

function Direction({ descending }: { descending: boolean }) {
  const Icon = descending ? ArrowDown : ArrowUp;
  return <Icon size={14} aria-hidden="true" />;
}
