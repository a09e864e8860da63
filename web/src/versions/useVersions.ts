/** The saved versions of an architecture, newest first, page by page; read anew when another is saved. */

import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { refusalOf } from "../gateway/outcome.js";
import { VERSIONS, type Version } from "./queries.js";

interface Found {
  readonly versions: readonly Version[];
  readonly next: string | null;
  readonly busy: boolean;
  readonly trouble: unknown;
}

const NONE: Found = { versions: [], next: "", busy: true, trouble: null };

export function useVersions(id: string, latest: number): Found & { more: () => void } {
  const client = useClient();
  const [found, setFound] = useState<Found>(NONE);
  const asked = useRef(0);
  const read = useCallback(
    async (after: string) => {
      asked.current += 1;
      const mine = asked.current;
      setFound((found) => ({ ...found, busy: true, trouble: null }));
      const policy = { requestPolicy: "network-only" } as const;
      const { data, error } = await client.query(VERSIONS, { id, after }, policy).toPromise();
      if (mine !== asked.current) return;
      setFound(({ versions, next }) => {
        if (error || !data) return { versions, next, busy: false, trouble: error ? refusalOf(error) : null };
        const { nodes, nextPageToken } = data.versions;
        return { versions: after ? [...versions, ...nodes] : nodes, next: nextPageToken, busy: false, trouble: null };
      });
    },
    [client, id],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a version was saved, wherever that was.
  useEffect(() => void read(""), [read, latest]);
  return { ...found, more: () => void read(found.next ?? "") };
}
