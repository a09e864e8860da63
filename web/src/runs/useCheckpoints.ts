/** A run's checkpoints, asked for again when there may be newer ones, and before their links lapse. */

import { useEffect } from "react";
import { useQuery } from "urql";
import { CHECKPOINTS } from "./queries.js";

const RUNNING_MS = 10_000;
const LINKS_MS = 45 * 60_000;

/** `news` changes whenever there is a better checkpoint or another state. */
export function useCheckpoints(id: string, news: string, over: boolean) {
  const [{ data, error, fetching }, again] = useQuery({ query: CHECKPOINTS, variables: { id } });
  // biome-ignore lint/correctness/useExhaustiveDependencies: news are asked for when they come.
  useEffect(() => {
    again({ requestPolicy: "network-only" });
    const timer = setInterval(() => again({ requestPolicy: "network-only" }), over ? LINKS_MS : RUNNING_MS);
    return () => clearInterval(timer);
  }, [again, news, over]);
  return { checkpoints: data?.run?.checkpoints, error, fetching, again };
}
