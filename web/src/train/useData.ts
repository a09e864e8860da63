/** A project's datasets, asked for again while one is being made. */

import { useAnswer } from "../gateway/useAnswer.js";
import { usePolling } from "../gateway/usePolling.js";
import { DATA } from "./queries.js";

const WHILE_MAKING_MS = 1_000;

export function useData(project: string) {
  const answer = useAnswer({ query: DATA, variables: { project } });
  const datasets = answer.data?.datasets.nodes ?? [];
  const making = datasets.some(({ versions }) => versions.some(({ state }) => state === "INGESTING"));
  usePolling(answer.retry, making ? WHILE_MAKING_MS : null);
  return answer;
}
