/** What mends an issue, one button each; looked for while nothing else is to be done, or when asked. */

import { Wand } from "lucide-react";
import { useEffect, useState } from "react";
import { sizeOf } from "../blueprint/document.js";
import type { Analysis, Graph, Issue } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { type Fix, fixesOf } from "../canvas/fixes.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { draw } from "./draw.js";

/** Above this many nodes each trial takes long enough to be felt; then fixes are looked for only when asked. */
const SMALL = 120;

const found = new WeakMap<Analysis, Map<Issue, readonly Fix[]>>();

export function IssueFixes({ drawing, issue, eager }: { drawing: Drawing; issue: Issue; eager: boolean }) {
  const { graph, analysis } = useDrawn(drawing, (drawn) => drawn);
  const [fixes, setFixes] = useState<readonly Fix[] | null>(null);
  const readOnly = useReadOnly() !== null;
  const soon = eager && !readOnly && issue.code !== "upstream" && sizeOf(graph)[0] <= SMALL;
  useEffect(() => {
    setFixes(found.get(analysis)?.get(issue) ?? null);
    if (!soon) return;
    return whenIdle(() => setFixes(remembered(issue, graph, analysis)));
  }, [analysis, graph, issue, soon]);

  if (readOnly || issue.code === "upstream") return null;
  if (fixes === null && soon) return null;
  if (fixes === null) {
    return <Pill onPress={() => setFixes(remembered(issue, graph, analysis))}>Look for a fix</Pill>;
  }
  if (fixes.length === 0) return soon ? null : <p className="text-xs text-muted">This one only you can mend.</p>;
  return (
    <ul aria-label="Fixes" className="flex flex-wrap gap-2">
      {fixes.map((fix) => (
        <li key={fix.label} className="min-w-0">
          <Pill onPress={() => draw(drawing, fix.edits, fix.label)}>{fix.label}</Pill>
        </li>
      ))}
    </ul>
  );
}

function Pill({ onPress, children }: { onPress: () => void; children: string }) {
  return (
    <button
      type="button"
      onClick={onPress}
      className="inline-flex min-h-11 max-w-full items-center gap-2 rounded-full bg-accent-soft px-4 text-left text-sm break-words text-accent-text hover:brightness-95 sm:min-h-8 sm:px-3 sm:text-xs"
    >
      <Wand size={14} aria-hidden="true" className="shrink-0" />
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </button>
  );
}

function remembered(issue: Issue, graph: Graph, analysis: Analysis): readonly Fix[] {
  const known = found.get(analysis) ?? new Map<Issue, readonly Fix[]>();
  found.set(analysis, known);
  const fixes = known.get(issue) ?? fixesOf(issue, graph, analysis);
  known.set(issue, fixes);
  return fixes;
}

/** Safari knows no idle time. */
function whenIdle(act: () => void): () => void {
  if (typeof requestIdleCallback === "undefined") {
    const timer = setTimeout(act, 50);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(act, { timeout: 1000 });
  return () => cancelIdleCallback(handle);
}
