/** Names of what runs refer to: architectures, data and people, asked for together. */

import { useMemo } from "react";
import { useQuery } from "urql";
import { useNamesOf } from "../versions/usePeople.js";
import { PROJECT, type Run } from "./queries.js";

export function useNames(project: string, runs: readonly Run[]) {
  const [{ data }] = useQuery({ query: PROJECT, variables: { project } });
  const people = useNamesOf(runs.map(({ createdBy }) => createdBy));
  return useMemo(() => {
    const architectures = new Map(data?.architectures.nodes.map(({ id, name }) => [id, name]));
    const datasets = new Map(data?.datasets.nodes.map(({ id, name }) => [id, name]));
    return {
      project: data?.project?.name,
      architectures,
      architecture: (run: Run) =>
        `${architectures.get(run.architectureId) ?? "architecture"} v${run.architectureVersion}`,
      dataset: (run: Run) => `${datasets.get(run.datasetId) ?? "data"} v${run.datasetVersion}`,
      person: (run: Run) => people.get(run.createdBy) ?? "–",
    };
  }, [data, people]);
}

export type Names = ReturnType<typeof useNames>;
