/** A state named in an address: a saved version "3", a revision "r12", or what is drawn "now". */

import { useMemo } from "react";
import { useQuery } from "urql";
import type { Graph } from "../blueprint/index.js";
import { graphOf } from "../canvas/wire.js";
import { Refusal, refusalOf } from "../gateway/outcome.js";
import { STATE, VERSION_STATE } from "./queries.js";

export interface Snapshot {
  readonly graph: Graph | null;
  readonly trouble: unknown;
  readonly retry: () => void;
}

/** A spec as it is understood; null for none of the three. */
export type Spec = { readonly kind: "now" } | { readonly kind: "version" | "revision"; readonly number: number };

export function specOf(text: string): Spec | null {
  if (text === "now") return { kind: "now" };
  const found = /^(r?)([1-9]\d{0,8})$/.exec(text);
  return found ? { kind: found[1] ? "revision" : "version", number: Number(found[2]) } : null;
}

/** "Version 3", "Revision 12", "As drawn now" */
export function titleOf(spec: Spec): string {
  if (spec.kind === "now") return "As drawn now";
  return `${spec.kind === "version" ? "Version" : "Revision"} ${spec.number}`;
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
  if (spec.kind === "now" && drawn) return { graph: drawn, trouble: null, retry: () => {} };
  const { error, data, fetching } = spec.kind === "version" ? version : state;
  const missing = data && !fetching && !graph ? new Refusal("NOT_FOUND", `${titleOf(spec)} does not exist`) : null;
  const again = spec.kind === "version" ? versionAgain : stateAgain;
  const retry = () => again({ requestPolicy: "network-only" });
  return { graph, trouble: error ? refusalOf(error) : missing, retry };
}
