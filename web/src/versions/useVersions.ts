/** The saved versions of an architecture, newest first, page by page; read anew when another is saved. */

import { useClient } from "urql";
import { usePages } from "../gateway/usePages.js";
import { VERSIONS } from "./queries.js";

const PAGE = 50;

export function useVersions(id: string, latest: number) {
  const client = useClient();
  const ask = async (first: number, after: string) => {
    const policy = { requestPolicy: "network-only" } as const;
    const { data, error } = await client.query(VERSIONS, { id, first, after }, policy).toPromise();
    return { page: data?.versions, error };
  };
  const asked = `${id} ${latest}`;
  const { items, reading, refusal, more, again } = usePages({ asked, size: PAGE, ask, keyOf: ({ number }) => number });
  return { versions: items ?? [], busy: reading, trouble: refusal, more, retry: more ?? again };
}
