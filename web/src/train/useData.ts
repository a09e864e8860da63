/** A project's datasets, asked for again while one is being made. */

import { useEffect } from "react";
import { useQuery } from "urql";
import { DATA } from "./queries.js";

const WHILE_MAKING_MS = 1_000;

export function useData(project: string) {
  const [{ data, error }, again] = useQuery({ query: DATA, variables: { project }, pause: project === "" });
  const making = data?.datasets.nodes.some(({ versions }) => versions.some(({ state }) => state === "INGESTING"));
  useEffect(() => {
    if (!making) return;
    const timer = setInterval(() => again({ requestPolicy: "network-only" }), WHILE_MAKING_MS);
    return () => clearInterval(timer);
  }, [making, again]);
  return { data, error, again };
}
