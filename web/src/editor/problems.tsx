/** What is wrong with the drawing, causes before consequences, each with the way to it and what mends it. */

import { CircleCheck } from "lucide-react";
import { useState } from "react";
import type { Issue } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { Button } from "../ui/button.js";
import { IssueFixes } from "./issueFixes.js";
import { type Gravity, GravityMark, gravityOf, sentenceOf } from "./issueNote.js";
import { screenNow } from "./useScreen.js";
import type { View } from "./view.js";

const MOST_AT_ONCE = 50;
const MOST_EAGER = 12;
const ORDER: readonly Gravity[] = ["Error", "Warning", "Waits"];

export function Problems({ drawing, view }: { drawing: Drawing; view: View }) {
  const analysis = useDrawn(drawing, ({ analysis }) => analysis);
  const [all, setAll] = useState(false);
  const issues = sorted(analysis.issues);
  const shown = all ? issues : issues.slice(0, MOST_AT_ONCE);
  return (
    <div className="mx-auto grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-3 p-4 pt-2">
      <p role="status" className="text-sm text-muted">
        {summary(issues)}
      </p>
      {issues.length === 0 ? <AllWell /> : null}
      <ul aria-label="Problems" className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {shown.map((issue, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two issues may say the same of the same node.
          <li key={`${issue.code} ${issue.node} ${issue.message} ${at}`}>
            <Problem drawing={drawing} view={view} issue={issue} eager={at < MOST_EAGER} />
          </li>
        ))}
      </ul>
      {shown.length < issues.length ? (
        <Button onClick={() => setAll(true)}>Show {issues.length - shown.length} more</Button>
      ) : null}
    </div>
  );
}

interface ProblemProps {
  readonly drawing: Drawing;
  readonly view: View;
  readonly issue: Issue;
  readonly eager: boolean;
}

function Problem({ drawing, view, issue, eager }: ProblemProps) {
  const gravity = gravityOf(issue);
  const said = (
    <>
      <span className="flex items-center gap-2">
        <GravityMark gravity={gravity} />
        <span dir="auto" className="min-w-0 truncate font-mono text-xs text-muted">
          {issue.node ?? "the architecture"}
        </span>
      </span>
      <span dir="auto" className="text-sm [overflow-wrap:anywhere] text-pretty text-ink">
        {sentenceOf(issue)}
      </span>
    </>
  );
  return (
    <div
      className={`grid grid-cols-[minmax(0,1fr)] gap-2 rounded-xl border border-line p-3 ${gravity === "Waits" ? "bg-sunken/50" : "bg-surface"}`}
    >
      {issue.node === null ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-1">{said}</div>
      ) : (
        <button
          type="button"
          onClick={() => goTo(view, issue.node as string)}
          className="grid min-h-11 grid-cols-[minmax(0,1fr)] content-center gap-1 rounded-lg text-left hover:bg-sunken sm:min-h-9"
        >
          {said}
        </button>
      )}
      <IssueFixes drawing={drawing} issue={issue} eager={eager} />
    </div>
  );
}

/** On a phone the list lies over the canvas; it makes way for the node. */
function goTo(view: View, name: string): void {
  view.goTo(name);
  if (screenNow() === "phone") view.show(null);
}

function AllWell() {
  return (
    <div className="grid justify-items-center gap-2 rounded-xl bg-good-soft px-4 py-8 text-center text-good">
      <CircleCheck size={28} aria-hidden="true" />
      <p className="text-sm text-pretty">All is well: every layer fits the next, and every size is known or named.</p>
    </div>
  );
}

/** What only waits for something else to be mended comes last. */
function sorted(issues: readonly Issue[]): readonly Issue[] {
  const rank = (issue: Issue) => ORDER.indexOf(gravityOf(issue));
  return [...issues].sort((one, other) => rank(one) - rank(other));
}

function summary(issues: readonly Issue[]): string {
  if (issues.length === 0) return "No problems";
  const many = (gravity: Gravity) => issues.filter((issue) => gravityOf(issue) === gravity).length;
  const parts = [
    counted(many("Error"), "error"),
    counted(many("Warning"), "warning"),
    many("Waits") === 0 ? "" : `${many("Waits")} waiting for these`,
  ];
  return `${counted(issues.length, "problem")}: ${parts.filter(Boolean).join(", ")}`;
}

function counted(many: number, noun: string): string {
  return many === 0 ? "" : `${many} ${noun}${many === 1 ? "" : "s"}`;
}
