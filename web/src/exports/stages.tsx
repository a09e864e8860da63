/** How far an export is: the stages it goes through, and the one it is at. */

import { Check } from "lucide-react";
import { Spinner } from "../ui/button.js";
import type { Export } from "./queries.js";

const STAGES: readonly (readonly [stage: string, title: string])[] = [
  ["", "Waiting for a worker"],
  ["downloading", "Fetching weights and samples"],
  ["converting", "Converting"],
  ["validating", "Comparing with the trained network"],
  ["uploading", "Storing the file"],
];

export function Stages({ given }: { given: Export }) {
  const at = stageOf(given);
  const known = STAGES.some(([stage]) => stage === at);
  const place = known ? STAGES.findIndex(([stage]) => stage === at) : 1;
  return (
    <ol aria-label="Stages" className="grid gap-2 text-sm">
      {STAGES.map(([stage, title], each) => (
        <li
          key={stage}
          aria-current={each === place ? "step" : undefined}
          className={`flex items-center gap-3 ${each === place ? "font-medium" : each > place ? "text-muted" : ""}`}
        >
          <span className="grid size-5 shrink-0 place-items-center text-accent-text">
            {each < place ? <Check size={16} aria-hidden="true" /> : each === place ? <Spinner /> : <Dot />}
          </span>
          {each === place && !known ? at : title}
        </li>
      ))}
    </ol>
  );
}

function stageOf({ state, stage }: Export): string {
  return state === "QUEUED" ? "" : (stage ?? "downloading");
}

function Dot() {
  return <span aria-hidden="true" className="size-1.5 rounded-full bg-line-strong" />;
}
