/** A state to compare, wherever it is: saved, in the log, or drawn now. */

import { useMemo } from "react";
import { useQuery } from "urql";
import type { Graph } from "../blueprint/index.js";
import { graphOf } from "../canvas/wire.js";
import { Refusal, refusalOf } from "../gateway/outcome.js";
import { useRetry } from "../gateway/useRetry.js";
import { STATE, VERSION_STATE } from "./queries.js";
import { type Spec, titleOf } from "./spec.js";

export interface Snapshot {
  readonly graph: Graph | null;
  readonly trouble: unknown;
  readonly retry: () => void;
}

/** The state; `drawn` is what is drawn now where that is known here. */
export function useSnapshot(id: string, spec: Spec, drawn: Graph | null): Snapshot {
  const number = spec.kind === "version" ? spec.number : 0;
  const revision = spec.kind === "revision" ? String(spec.number) : null;
  const [version, versionAgain] = useQuery({
    query: VERSION_STATE,
    variables: { id, number },
    pause: spec.kind !== "version",
    requestPolicy: "cache-first",
  });
  const [state, stateAgain] = useQuery({
    query: STATE,
    variables: { id, revision },
    pause: spec.kind === "version" || (spec.kind === "now" && drawn !== null),
    requestPolicy: spec.kind === "now" ? "network-only" : "cache-first",
  });
  const found = spec.kind === "version" ? version.data?.version?.document : state.data?.architecture?.document;
  const graph = useMemo(() => (found === undefined ? null : graphOf(found)), [found]);
  const { error, data, fetching } = spec.kind === "version" ? version : state;
  const missing = data && !fetching && !graph ? new Refusal("NOT_FOUND", `${titleOf(spec)} does not exist`) : null;
  const again = spec.kind === "version" ? versionAgain : stateAgain;
  const retry = () => again({ requestPolicy: "network-only" });
  const here = spec.kind === "now" && drawn !== null;
  useRetry(here ? null : error, retry);
  if (here) return { graph: drawn, trouble: null, retry };
  return { graph, trouble: error ? refusalOf(error) : missing, retry };
}
