/**
 * What mends an issue at one touch.
 *
 * Mendings are proposed from what the message, the settings and the shapes suggest, then each is tried: only those are
 * told after which the engine no longer finds the issue, and finds nothing new that was not hidden behind it.
 */

import { ValueError } from "../blueprint/errors.js";
import { type Analysis, analyze, apply, type Graph, type Issue } from "../blueprint/index.js";
import { isError } from "../blueprint/issues.js";
import { type Fault, type Fix, faultOf } from "./fault.js";
import { endsFixes } from "./fixEnds.js";
import { nodeFixes } from "./fixNodes.js";
import { settingFixes } from "./fixSettings.js";
import { shapeFixes, takenOut } from "./fixShapes.js";
import { wiringFixes } from "./fixWiring.js";

export type { Fix } from "./fault.js";

const MOST_TRIED = 40;
const MOST_TOLD = 3;

/** While a node has one of these, nothing else about it can be found. */
const HIDING = new Set(["cycle", "unknown_type", "bad_config", "dangling_edge", "no_input", "no_output"]);

const PROPOSALS: Readonly<Record<string, readonly ((fault: Fault) => readonly Fix[])[]>> = {
  bad_config: [settingFixes, shapeFixes, nodeFixes],
  shape_mismatch: [shapeFixes, settingFixes, nodeFixes, takenOut],
  dtype_mismatch: [shapeFixes, settingFixes],
  limit: [settingFixes],
  unknown_type: [nodeFixes],
  unknown_field: [nodeFixes],
  duplicate_id: [nodeFixes],
  dangling_edge: [wiringFixes],
  cycle: [wiringFixes],
  unknown_port: [wiringFixes],
  too_many_inputs: [wiringFixes],
  missing_input: [wiringFixes],
  unreachable: [endsFixes],
  no_input: [endsFixes],
  no_output: [endsFixes],
};

/** What mends an issue, the likeliest first; none where only a person can tell. `graph` is what `analysis` is of. */
export function fixesOf(issue: Issue, graph: Graph, analysis: Analysis): readonly Fix[] {
  const fault = faultOf(issue, graph, analysis);
  if (!fault) return [];
  const proposed = (PROPOSALS[issue.code] ?? []).flatMap((propose) => propose(fault));
  const distinct = [...new Map(proposed.map((fix) => [fix.label, fix])).values()].slice(0, MOST_TRIED);
  const tried = distinct.map((fix) => ({ fix, harm: harmOf(fix, issue, graph, analysis) }));
  const least = Math.min(...tried.map(({ harm }) => harm));
  if (least === Number.POSITIVE_INFINITY) return [];
  return tried
    .filter(({ harm }) => harm === least)
    .map(({ fix }) => fix)
    .slice(0, MOST_TOLD);
}

/** How many errors a fix makes that were not there and were not hidden before; infinite where it does not mend. */
function harmOf(fix: Fix, issue: Issue, graph: Graph, analysis: Analysis): number {
  const after = issuesAfter(fix, graph);
  if (!after) return Number.POSITIVE_INFINITY;
  const before = analysis.issues;
  const alike = (one: Issue) => one.code === issue.code && one.node === issue.node;
  const same = (one: Issue) => alike(one) && one.message === issue.message;
  for (const counts of [alike, same]) {
    if (after.filter(counts).length >= before.filter(counts).length) return Number.POSITIVE_INFINITY;
  }
  const fresh = freshErrors(before, after);
  const worse = !HIDING.has(issue.code) && fresh.some(({ node }) => node !== null && node === issue.node);
  return worse ? Number.POSITIVE_INFINITY : fresh.length;
}

function issuesAfter(fix: Fix, graph: Graph): readonly Issue[] | null {
  try {
    return analyze(apply(graph, fix.edits)).issues;
  } catch (error) {
    if (error instanceof ValueError) return null;
    throw error;
  }
}

/** Errors of nodes that could be checked before and were fine, or that were not there. */
function freshErrors(before: readonly Issue[], after: readonly Issue[]): Issue[] {
  const told = new Set(before.map(({ code, node, message }) => `${code}\0${node}\0${message}`));
  const hidden = new Set(before.filter(({ code }) => code === "upstream").map(({ node }) => node));
  return after.filter((issue) => {
    const { code, node, message } = issue;
    return isError(issue) && code !== "upstream" && !hidden.has(node) && !told.has(`${code}\0${node}\0${message}`);
  });
}
