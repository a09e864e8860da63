/** The data a project's networks learn from. */

import { Database } from "lucide-react";
import { exact } from "../format/figures.js";
import type { ResultOf } from "../gateway/graphql.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Card } from "../ui/card.js";
import { Badge, Skeleton, type Tone, Trouble } from "../ui/states.js";
import { DATASETS, OF_DATASETS } from "./queries.js";

type Dataset = ResultOf<typeof DATASETS>["datasets"]["nodes"][number];
type State = Dataset["versions"][number]["state"];

const STATES: Record<State, { readonly word: string; readonly tone: Tone } | null> = {
  INGESTING: { word: "Being read", tone: "accent" },
  FAILED: { word: "Failed", tone: "bad" },
  READY: null,
};

export function Datasets({ project }: { project: string }) {
  const { data, trouble, retry } = useAnswer({ query: DATASETS, variables: { project }, context: OF_DATASETS });
  return (
    <Card title="Datasets">
      {trouble ? (
        <Trouble onRetry={retry}>{trouble}</Trouble>
      ) : data ? (
        <List datasets={data.datasets.nodes} />
      ) : (
        <Skeleton />
      )}
    </Card>
  );
}

function List({ datasets }: { datasets: readonly Dataset[] }) {
  if (datasets.length === 0) {
    return <p className="text-sm text-muted">None yet. You choose one when you train the first architecture.</p>;
  }
  return (
    <ul className="grid gap-3" aria-label="Datasets">
      {datasets.map((dataset) => (
        <Row key={dataset.id} {...dataset} />
      ))}
    </ul>
  );
}

function Row({ name, builtin, latestVersion, versions }: Dataset) {
  const newest = versions.find(({ number }) => number === latestVersion);
  const state = newest ? STATES[newest.state] : null;
  return (
    <li className="flex items-center gap-3">
      <span className="grid size-9 shrink-0 place-items-center rounded-[10px] bg-sunken text-muted">
        <Database size={16} aria-hidden="true" />
      </span>
      <span className="grid min-w-0 grow">
        <span className="truncate text-sm font-medium" dir="auto" title={name}>
          {name}
        </span>
        <span className="tabular truncate text-xs text-muted">
          {[
            builtin,
            `version ${latestVersion}`,
            ...(newest?.state === "READY" ? [`${exact(newest.rows)} rows`, `${newest.classes.length} classes`] : []),
          ].join(", ")}
        </span>
      </span>
      {state ? <Badge tone={state.tone}>{state.word}</Badge> : null}
    </li>
  );
}
