/** The names of people by their ids, as far as the organisation knows them. */

import { useMemo } from "react";
import { useQuery } from "urql";
import { useSession } from "../gateway/session.js";
import { PEOPLE } from "./queries.js";

const MOST = 100;

/** Names by id; those of whom nobody knows are missing. */
export function useNamesOf(ids: Iterable<string>): ReadonlyMap<string, string> {
  const wanted = [...new Set(ids)].filter(Boolean).sort().slice(0, MOST);
  const [{ data }] = useQuery({
    query: PEOPLE,
    variables: { ids: wanted },
    pause: wanted.length === 0,
    requestPolicy: "cache-first",
  });
  return useMemo(() => new Map(data?.people.map(({ id, name }) => [id, name])), [data]);
}

/** Gives the name of an id: "you" for oneself, "somebody" where nobody knows. */
export function usePeople(ids: Iterable<string>): (id: string) => string {
  const me = useSession(({ user }) => user?.id ?? "");
  const names = useNamesOf([...ids].filter((id) => id !== me));
  return useMemo(() => (id) => (id === me ? "you" : names.get(id) || "somebody"), [names, me]);
}
