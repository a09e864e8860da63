/** What a run would take, asked for again as the form changes; the last answer stays until the next is there. */

import { useMemo, useRef } from "react";
import { useQuery } from "urql";
import { refusalOf } from "../gateway/outcome.js";
import { useSettled } from "../ui/useSettled.js";
import { ESTIMATE, type Estimate } from "./queries.js";
import type { Wanted } from "./useStart.js";

const SETTLED_MS = 350;
const NOBODY: Omit<Wanted, "name"> = {
  architectureId: "",
  architectureVersion: 0,
  datasetId: "",
  datasetVersion: 0,
  options: null,
  device: "",
  limitMilliseconds: null,
};

/** `wanted` is null while the form cannot be sent. */
export function useEstimate(wanted: Wanted | null) {
  const asked = useSettled(
    useMemo(() => JSON.stringify(wanted), [wanted]),
    SETTLED_MS,
  );
  const variables = useMemo(() => {
    const { name: _, ...rest } = (JSON.parse(asked) ?? { name: "", ...NOBODY }) as Wanted;
    return rest;
  }, [asked]);
  const [{ data, error, fetching }] = useQuery({
    query: ESTIMATE,
    variables,
    pause: asked === "null",
    requestPolicy: "network-only",
  });
  const last = useRef<Estimate | null>(null);
  if (data) last.current = data.estimateRun;
  const due = fetching || JSON.stringify(wanted) !== asked;
  return {
    estimate: wanted ? last.current : null,
    /** Another answer is on its way. */
    due: wanted !== null && due,
    problem: error && !fetching ? refusalOf(error).message : null,
  };
}
