/** A list of runs, page by page; read again while some of them are not over. */

import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { type Refusal, refusalOf } from "../gateway/outcome.js";
import { usePolling } from "../gateway/usePolling.js";
import { useRetry } from "../gateway/useRetry.js";
import { type Listing, variablesOf } from "./listing.js";
import { isOver, RUNS, type Run } from "./queries.js";

const PAGE = 50;
const MOST_AT_ONCE = 100;
const WHILE_RUNNING_MS = 4_000;

interface Pages {
  readonly asked: string;
  readonly runs: readonly Run[] | null;
  readonly next: string | null;
}

const NONE: Pages = { asked: "", runs: null, next: null };

export function useRunPages(project: string, listing: Listing) {
  const client = useClient();
  const asked = JSON.stringify(variablesOf(project, listing, 0));
  const [pages, setPages] = useState<Pages>(NONE);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [reading, setReading] = useState(false);
  const current = useRef(asked);
  current.current = asked;

  const read = useCallback(
    async (first: number, after: string, before: readonly Run[]) => {
      setReading(true);
      const variables = { ...JSON.parse(asked), first, after };
      const { data, error } = await client.query(RUNS, variables, { requestPolicy: "network-only" }).toPromise();
      if (current.current !== asked) return;
      setReading(false);
      setRefusal(error ? refusalOf(error) : null);
      if (data) setPages({ asked, runs: joined(before, data.runs.nodes), next: data.runs.nextPageToken });
    },
    [client, asked],
  );
  useEffect(() => void read(PAGE, "", []), [read]);

  const { runs } = pages;
  const length = runs?.length ?? 0;
  const moving = runs?.some(({ state }) => !isOver(state)) ?? false;
  usePolling(
    () => void read(Math.max(PAGE, length), "", []),
    moving && length <= MOST_AT_ONCE ? WHILE_RUNNING_MS : null,
  );
  useRetry(refusal, () => void read(PAGE, "", []));
  return {
    runs,
    /** What is shown is of another filter or order, until the answer is there. */
    stale: pages.asked !== asked,
    reading,
    refusal,
    more: pages.next === null ? null : () => read(PAGE, pages.next ?? "", runs ?? []),
    again: () => read(PAGE, "", []),
  };
}

function joined(before: readonly Run[], newer: readonly Run[]): readonly Run[] {
  const known = new Set(before.map(({ id }) => id));
  return [...before, ...newer.filter(({ id }) => !known.has(id))];
}
