/** On which GPUs training fits, and with which batch at most. */

import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { text } from "../blueprint/index.js";
import { type Budget, DEVICES, RESERVE_BYTES, type Verdict, verdictOn } from "../canvas/fits.js";
import { bytes, exact } from "../format/figures.js";

const LOOKS: Record<Verdict, { Icon: typeof CircleCheck; colour: string }> = {
  fits: { Icon: CircleCheck, colour: "text-good" },
  tight: { Icon: TriangleAlert, colour: "text-warn" },
  "does not fit": { Icon: CircleX, colour: "text-bad" },
};

export function FitList({ budget, batch }: { budget: Budget; batch: number }) {
  const needed = Number(text(budget.bytes(batch)));
  return (
    <>
      <ul aria-label="GPUs" className="grid gap-2.5">
        {DEVICES.map((device) => {
          const verdict = verdictOn(device, needed);
          const { Icon, colour } = LOOKS[verdict];
          return (
            <li key={device.name} className="flex items-baseline gap-2.5 text-sm">
              <span className="grow">
                {device.name}{" "}
                <span className="block text-xs text-muted">{largest(budget, budget.largestBatch(device))}</span>
              </span>
              <span className={`inline-flex items-center gap-1.5 font-medium ${colour}`}>
                <Icon size={15} aria-hidden="true" /> {verdict}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="text-xs text-pretty text-muted">
        Counted against what CUDA gives of each, less {bytes(RESERVE_BYTES)} for its context and workspaces; tight means
        above 90 % of that.
      </p>
    </>
  );
}

function largest(budget: Budget, batch: number | null): string {
  if (batch !== null) return batch === 0 ? "Not even a batch of 1" : `Largest batch ${exact(batch)}`;
  return budget.scales ? "Any batch" : "The architecture does not leave its batch open";
}
