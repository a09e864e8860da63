/** Where two people changed the same thing: what it was, what it is here, what it is there. */

import type { Plain } from "../gateway/graphql.js";

export interface ConflictTold {
  readonly node: string;
  readonly field: string;
  readonly message: string;
  readonly base?: Plain;
  readonly ours?: Plain;
  readonly theirs?: Plain;
}

const LONGEST = 120;
const SIDES = [
  ["base", "It was"],
  ["ours", "Ours, kept"],
  ["theirs", "Theirs"],
] as const;

export function conflictsOf(told: Plain): readonly ConflictTold[] {
  return Array.isArray(told) ? (told as unknown as ConflictTold[]) : [];
}

export function ConflictTable({ conflicts }: { conflicts: readonly ConflictTold[] }) {
  if (conflicts.length === 0) return <p className="text-sm text-good">There are no conflicts.</p>;
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-semibold">{conflicts.length === 1 ? "1 conflict" : `${conflicts.length} conflicts`}</h3>
      <p className="mb-3 text-sm text-muted">
        Both sides changed these in different ways. Merging keeps what is drawn here, ours; theirs is left out there.
      </p>
      <ul aria-label="Conflicts" className="grid gap-3">
        {conflicts.map((conflict) => (
          <li key={`${conflict.node} ${conflict.field}`} className="min-w-0 rounded-card bg-warn-soft p-3 sm:p-4">
            <p className="text-sm font-medium break-words">
              <bdi>{conflict.node || "The document"}</bdi> · <bdi>{fieldText(conflict.field)}</bdi>
            </p>
            <p dir="auto" className="mt-0.5 text-sm break-words text-muted">
              {conflict.message}
            </p>
            <dl className="mt-2 grid gap-2 text-sm sm:grid-cols-3">
              {SIDES.map(([side, label]) => (
                <div key={side} className="min-w-0">
                  <dt className="text-xs text-muted">{label}</dt>
                  <dd className="font-mono text-[13px] break-words">
                    <bdi>{shown(conflict[side])}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** "config.kernel_size" is the setting "kernel_size". */
function fieldText(field: string): string {
  if (field.startsWith("config.")) return field.slice("config.".length);
  return { node: "the node", id: "its name", type: "its layer", graph: "what it holds" }[field] ?? field;
}

function shown(value: Plain | undefined): string {
  if (value === undefined) return "not there";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
