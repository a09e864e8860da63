/** What a run was made of: architecture, data, options, by whom. */

import { useQuery } from "urql";
import { Link } from "wouter";
import { ago, duration } from "../format/figures.js";
import { Card, Fact, Facts } from "../ui/card.js";
import { OPTIONS, optionText } from "./optionNames.js";
import { ORIGIN, type Run } from "./queries.js";

/** Names of what the run refers to; undefined until they are known. */
function useOrigin(run: Run) {
  const variables = {
    architecture: run.architectureId,
    dataset: run.datasetId,
    people: [run.createdBy],
  };
  const [{ data }] = useQuery({ query: ORIGIN, variables });
  return data;
}

export function Origin({ run }: { run: Run }) {
  const known = useOrigin(run);
  return (
    <Card title="Set-up">
      <Facts>
        <Fact label="Architecture" {...(known?.architecture && { title: known.architecture.name })}>
          <Link
            href={`/architectures/${run.architectureId}/versions?version=${run.architectureVersion}`}
            className="text-accent-text underline-offset-2 hover:underline"
          >
            {known?.architecture?.name ?? "Architecture"}, version {run.architectureVersion}
          </Link>
        </Fact>
        <Fact label="Data" {...(known?.dataset && { title: known.dataset.name })}>
          {known?.dataset?.name ?? "Dataset"}, version {run.datasetVersion}
        </Fact>
        <Fact label="Device">{run.device}</Fact>
        <Fact label="Device time at most">{duration(run.limitMilliseconds)}</Fact>
        <Fact label="Started by">{known?.people[0]?.name || "–"}</Fact>
        <Fact label="Started" title={new Date(run.createdAt).toLocaleString("en")}>
          {ago(run.createdAt)}
        </Fact>
        {OPTIONS.map(([name, label]) => (
          <Fact key={name} label={label}>
            {optionText(run.options[name])}
          </Fact>
        ))}
      </Facts>
    </Card>
  );
}
