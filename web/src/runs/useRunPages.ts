/** A list of runs, page by page; read again while some of them are not over. */

import { useClient } from "urql";
import { usePages } from "../gateway/usePages.js";
import { usePolling } from "../gateway/usePolling.js";
import { useRetry } from "../gateway/useRetry.js";
import { type Listing, variablesOf } from "./listing.js";
import { isOver, RUNS } from "./queries.js";

const PAGE = 50;
const MOST_AT_ONCE = 100;
const WHILE_RUNNING_MS = 4_000;

export function useRunPages(project: string, listing: Listing) {
  const client = useClient();
  const ask = async (first: number, after: string) => {
    const variables = variablesOf(project, listing, first, after);
    const { data, error } = await client.query(RUNS, variables, { requestPolicy: "network-only" }).toPromise();
    return { page: data?.runs, error };
  };
  const asked = JSON.stringify(variablesOf(project, listing, 0));
  const { items: runs, ...pages } = usePages({ asked, size: PAGE, ask, keyOf: ({ id }) => id });
  const moving = runs?.some(({ state }) => !isOver(state)) ?? false;
  usePolling(pages.refresh, moving && (runs?.length ?? 0) <= MOST_AT_ONCE ? WHILE_RUNNING_MS : null);
  useRetry(pages.refusal, pages.again);
  return { runs, ...pages };
}
