/** A query's answer for a page: what is known, what went wrong in a sentence, and again as soon as there is a connection. */

import { type AnyVariables, type UseQueryArgs, useQuery } from "urql";
import { Refusal, refusalOf } from "../gateway/outcome.js";
import { useRetry } from "../gateway/useRetry.js";

export function useAnswer<Data, Variables extends AnyVariables>(asked: UseQueryArgs<Variables, Data>) {
  const [{ data, error, fetching }, ask] = useQuery(asked);
  const retry = () => ask({ requestPolicy: "network-only" });
  useRetry(error, retry);
  /** Only where there is nothing older to show. */
  const trouble = error && !data ? refusalOf(error).message : null;
  return { data, trouble, fetching, retry };
}

/** Whether a command failed for want of a connection only; sent again under the same key it does no harm. */
export function isUnreachable(trouble: unknown): boolean {
  return trouble instanceof Refusal && trouble.code === "UNREACHABLE";
}
