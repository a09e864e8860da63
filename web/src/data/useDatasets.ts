/** A project's datasets, asked for again while one is being made. */

import { useAnswer } from "../gateway/useAnswer.js";
import { usePolling } from "../gateway/usePolling.js";
import { DATASETS, OF_DATASETS, VERSION } from "./queries.js";

const WHILE_MAKING_MS = 1_000;

export function useDatasets(project: string) {
  const answer = useAnswer({ query: DATASETS, variables: { project }, context: OF_DATASETS });
  const datasets = answer.data?.datasets.nodes ?? [];
  const making = datasets.some(({ versions }) => versions.some(({ state }) => state === "INGESTING"));
  usePolling(answer.retry, making ? WHILE_MAKING_MS : null);
  return answer;
}

export function useVersion(dataset: string, number: number) {
  const answer = useAnswer({ query: VERSION, variables: { dataset, number }, context: OF_DATASETS });
  usePolling(answer.retry, answer.data?.datasetVersion?.state === "INGESTING" ? WHILE_MAKING_MS : null);
  return answer;
}
