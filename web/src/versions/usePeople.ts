/** The names of people by their ids, as far as the organisation knows them. */

import { useMemo } from "react";
import { useQuery } from "urql";
import { useSession } from "../gateway/session.js";
import { PEOPLE } from "./queries.js";

const MOST = 100;

/** Gives the name of an id: "you" for oneself, "somebody" where nobody knows. */
export function usePeople(ids: Iterable<string>): (id: string) => string {
  const me = useSession(({ user }) => user?.id ?? "");
  const known = [...new Set(ids)].filter((id) => id && id !== me);
  const wanted = known.slice(0, MOST).sort();
  const [{ data }] = useQuery({
    query: PEOPLE,
    variables: { ids: wanted },
    pause: wanted.length === 0,
    requestPolicy: "cache-first",
  });
  return useMemo(() => {
    const names = new Map(data?.people.map(({ id, name }) => [id, name]));
    return (id) => (id === me ? "you" : names.get(id) || "somebody");
  }, [data, me]);
}
