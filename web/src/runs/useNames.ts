/** Names of what runs refer to: architectures, data and people, asked for together. */

import { useMemo } from "react";
import { useQuery } from "urql";
import { PEOPLE, PROJECT, type Run } from "./queries.js";

const MOST_PEOPLE = 100;

export function useNames(project: string, runs: readonly Run[]) {
  const [{ data }] = useQuery({ query: PROJECT, variables: { project } });
  const ids = [...new Set(runs.map(({ createdBy }) => createdBy))].sort().slice(0, MOST_PEOPLE);
  const asked = ids.join();
  const variables = useMemo(() => ({ ids: asked === "" ? [] : asked.split(",") }), [asked]);
  const [{ data: people }] = useQuery({ query: PEOPLE, variables, pause: asked === "" });
  return useMemo(() => {
    const architectures = new Map(data?.architectures.nodes.map(({ id, name }) => [id, name]));
    const datasets = new Map(data?.datasets.nodes.map(({ id, name }) => [id, name]));
    const persons = new Map(people?.people.map(({ id, name }) => [id, name]));
    return {
      project: data?.project?.name,
      architectures,
      architecture: (run: Run) =>
        `${architectures.get(run.architectureId) ?? "architecture"} v${run.architectureVersion}`,
      dataset: (run: Run) => `${datasets.get(run.datasetId) ?? "data"} v${run.datasetVersion}`,
      person: (run: Run) => persons.get(run.createdBy) ?? "–",
    };
  }, [data, people]);
}

export type Names = ReturnType<typeof useNames>;
