/** A query's answer for a page: what is known, what went wrong in a sentence, and again as soon as there is a connection. */

import { useCallback } from "react";
import { type AnyVariables, type UseQueryArgs, useQuery } from "urql";
import { refusalOf } from "./outcome.js";
import { useRetry } from "./useRetry.js";

export function useAnswer<Data, Variables extends AnyVariables>(asked: UseQueryArgs<Variables, Data>) {
  const [{ data, error, fetching }, ask] = useQuery(asked);
  const retry = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  useRetry(error, retry);
  /** Only where there is nothing older to show. */
  const trouble = error && !data ? refusalOf(error).message : null;
  return { data, trouble, fetching, retry };
}
