/** What the engine counts in a drawing, and how much is wrong with it; apart as it takes the whole engine. */

import { useMemo } from "react";
import { analyze, text } from "../blueprint/index.js";
import { graphOf } from "../canvas/wire.js";
import { count } from "../format/figures.js";
import type { Plain } from "../gateway/graphql.js";
import { Badge } from "../ui/states.js";

/** Above so many nodes a card is not worth the time to count them. */
const MOST_NODES = 2000;

export default function Counted({ document }: { document: Plain }) {
  const counted = useMemo(() => countedIn(document), [document]);
  if (!counted) return null;
  const { params, errors } = counted;
  return (
    <>
      <span className="tabular">{params} parameters</span>
      {errors > 0 ? <Badge tone="warn">{errors === 1 ? "1 problem" : `${errors} problems`}</Badge> : null}
    </>
  );
}

/** Null where the document cannot be read, has nothing, or would take long. */
function countedIn(document: Plain): { params: string; errors: number } | null {
  try {
    const graph = graphOf(document);
    if (graph.nodes.length === 0 || graph.nodes.length > MOST_NODES) return null;
    const { totals, issues } = analyze(graph);
    return { params: count(text(totals.params)), errors: issues.filter(({ severity }) => severity === "error").length };
  } catch {
    return null;
  }
}
