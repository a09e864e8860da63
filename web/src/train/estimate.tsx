/** What the run would take and cost, on what that rests, and why it could not be started if it could not. */

import { duration, money } from "../format/figures.js";
import { ButtonLink } from "../ui/button.js";
import { Fact, Facts } from "../ui/card.js";
import { Skeleton, Trouble } from "../ui/states.js";
import type { Estimate } from "./queries.js";

interface Props {
  readonly estimate: Estimate | null;
  readonly due: boolean;
  readonly problem: string | null;
  /** The id of the architecture, for the way to mend it. */
  readonly architecture: string;
}

export function EstimateFigures({ estimate, due, problem, architecture }: Props) {
  if (problem) return <Trouble>{problem}</Trouble>;
  if (!estimate) return due ? <Skeleton className="h-20" /> : null;
  const { refusal } = estimate;
  return (
    <div aria-busy={due} className={`grid gap-3 transition-opacity ${due ? "opacity-50" : ""}`}>
      {refusal ? <Trouble>{refusal}</Trouble> : null}
      {refusal && estimate.seconds === null ? (
        <ButtonLink href={`/architectures/${architecture}`}>Open the editor</ButtonLink>
      ) : (
        <Figures estimate={estimate} />
      )}
    </div>
  );
}

function Figures({ estimate }: { estimate: Estimate }) {
  return (
    <>
      <Facts>
        <Fact label="Time">{estimate.seconds === null ? "–" : `about ${duration(estimate.seconds * 1000)}`}</Fact>
        <Fact label="Device time">
          {estimate.deviceMilliseconds === null ? "–" : `about ${duration(estimate.deviceMilliseconds)}`}
        </Fact>
        <Fact label="Cost">{estimate.microDollars === null ? "–" : money(estimate.microDollars)}</Fact>
        <Fact label="Left this month">
          {estimate.remainingMilliseconds === null ? "no limit" : duration(estimate.remainingMilliseconds)}
        </Fact>
      </Facts>
      <p className="text-xs text-muted text-pretty">Basis: {estimate.basis}.</p>
      {estimate.sufficient || estimate.refusal ? null : (
        <p role="status" className="rounded-[10px] bg-warn-soft px-3 py-2 text-sm text-warn">
          The estimated time is more than this month's quota or the plan's ceiling per run covers; fewer epochs or a
          larger batch make it shorter.
        </p>
      )}
    </>
  );
}
