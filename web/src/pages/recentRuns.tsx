/** The newest runs of a project: how far they are, how good they are. */

import { ChevronRight } from "lucide-react";
import { Link } from "wouter";
import { ago, duration, percent } from "../format/figures.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { usePolling } from "../gateway/usePolling.js";
import { STATES } from "../runs/states.js";
import { ButtonLink } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Badge, Progress, Skeleton, Trouble } from "../ui/states.js";
import { RECENT_RUNS, type RecentRun } from "./queries.js";

const MOST = 5;
const WHILE_RUNNING_MS = 4000;
const OF_RUNS = { additionalTypenames: ["Run"] };

export function RecentRuns({ project }: { project: string }) {
  const { runs, trouble, retry } = useRecentRuns(project);
  const all = runs && runs.length > 0 ? <ButtonLink href={`/projects/${project}/runs`}>All runs</ButtonLink> : null;
  return (
    <Card title="Recent runs" actions={all}>
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : runs ? <List runs={runs} /> : <Skeleton />}
    </Card>
  );
}

function useRecentRuns(project: string) {
  const { data, trouble, retry } = useAnswer({
    query: RECENT_RUNS,
    variables: { project, first: MOST },
    context: OF_RUNS,
  });
  const runs = data?.runs.nodes;
  const moving = runs?.some(({ finishedAt }) => finishedAt === null) ?? false;
  usePolling(retry, moving ? WHILE_RUNNING_MS : null);
  return { runs, trouble, retry };
}

function List({ runs }: { runs: readonly RecentRun[] }) {
  const readOnly = useReadOnly() !== null;
  if (runs.length === 0) {
    const next = readOnly ? "" : " Open an architecture, save a version, and press Train.";
    return <p className="text-sm text-muted">None yet.{next}</p>;
  }
  return (
    <ul className="-mx-2 grid" aria-label="Recent runs">
      {runs.map((run) => (
        <Row key={run.id} {...run} />
      ))}
    </ul>
  );
}

function Row({ id, name, state, progress, testAccuracy, bestValidationAccuracy, createdAt }: RecentRun) {
  const { word, tone } = STATES[state];
  const running = state === "RUNNING" && progress;
  const accuracy = testAccuracy ?? (bestValidationAccuracy > 0 ? bestValidationAccuracy : null);
  return (
    <li>
      <Link href={`/runs/${id}`} className="flex min-h-14 items-center gap-3 rounded-[10px] px-2 py-2 hover:bg-sunken">
        <span className="grid min-w-0 grow gap-1">
          <span className="truncate text-sm font-medium" dir="auto" title={name}>
            {name || "Run"}
          </span>
          <span className="flex flex-wrap items-center gap-2 text-xs text-muted">
            <Badge tone={tone}>{word}</Badge>
            {running ? (
              <span className="tabular">
                epoch {progress.epoch} of {progress.epochs}, {duration(progress.remainingSeconds * 1000)} left
              </span>
            ) : (
              <time dateTime={createdAt}>{ago(createdAt)}</time>
            )}
          </span>
          {running ? <Progress value={progress.epoch / progress.epochs} label={`How far ${name} is`} /> : null}
        </span>
        <span className="grid shrink-0 justify-items-end">
          <span className="tabular text-sm font-semibold">{percent(accuracy)}</span>
          {accuracy === null ? null : (
            <span className="text-xs text-muted">{testAccuracy === null ? "validation" : "test"}</span>
          )}
        </span>
        <ChevronRight size={16} aria-hidden="true" className="shrink-0 text-muted" />
      </Link>
    </li>
  );
}
