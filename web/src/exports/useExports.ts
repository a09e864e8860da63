/** The exports of a run, newest first; asked for every second while one is going on, and before links lapse. */

import { useAnswer } from "../gateway/useAnswer.js";
import { usePolling } from "../gateway/usePolling.js";
import { EXPORTS, isGoing } from "./queries.js";

const WHILE_GOING_MS = 1_000;
const LINKS_MS = 45 * 60_000;
const MOST = 50;

export function useExports(run: string) {
  const { data, trouble, retry } = useAnswer({ query: EXPORTS, variables: { run, first: MOST, after: "" } });
  usePolling(retry, data?.exports.nodes.some(isGoing) ? WHILE_GOING_MS : LINKS_MS);
  return {
    exports: data?.exports.nodes,
    trouble,
    /** Older ones than are shown. */
    older: data?.exports.nextPageToken != null,
    retry,
  };
}
