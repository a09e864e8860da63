/** The exports of a run, newest first; asked for every second while one is going on, and before links lapse. */

import { useEffect } from "react";
import { useQuery } from "urql";
import { EXPORTS, isGoing } from "./queries.js";

const WHILE_GOING_MS = 1_000;
const LINKS_MS = 45 * 60_000;
const MOST = 50;

export function useExports(run: string) {
  const [{ data, error }, again] = useQuery({ query: EXPORTS, variables: { run, first: MOST, after: "" } });
  const going = data?.exports.nodes.some(isGoing) ?? false;
  useEffect(() => {
    const ask = () => again({ requestPolicy: "network-only" });
    const timer = setInterval(ask, going ? WHILE_GOING_MS : LINKS_MS);
    return () => clearInterval(timer);
  }, [going, again]);
  return {
    exports: data?.exports.nodes,
    error,
    /** Older ones than are shown. */
    older: data?.exports.nextPageToken != null,
    again: () => again({ requestPolicy: "network-only" }),
  };
}
