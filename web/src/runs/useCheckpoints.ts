/** A run's checkpoints, asked for again when there may be newer ones, and before their links lapse. */

import { useEffect } from "react";
import { useAnswer } from "../gateway/useAnswer.js";
import { usePolling } from "../gateway/usePolling.js";
import { CHECKPOINTS } from "./queries.js";

const RUNNING_MS = 10_000;
const LINKS_MS = 45 * 60_000;

/** `news` changes whenever there is a better checkpoint or another state. */
export function useCheckpoints(id: string, news: string, over: boolean) {
  const { data, trouble, retry } = useAnswer({ query: CHECKPOINTS, variables: { id } });
  // biome-ignore lint/correctness/useExhaustiveDependencies: news are asked for when they come.
  useEffect(() => void retry(), [retry, news]);
  usePolling(retry, over ? LINKS_MS : RUNNING_MS);
  return { checkpoints: data?.run?.checkpoints, trouble, retry };
}
