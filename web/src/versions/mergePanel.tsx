/** Brings what was done in another version into what is drawn now: first what that would do, then doing it. */

import { GitMerge } from "lucide-react";
import { useState } from "react";
import { useClient, useQuery } from "urql";
import { useLocation } from "wouter";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { editsOf } from "../canvas/wire.js";
import { command, Refusal, sentence } from "../gateway/outcome.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button, ButtonLink } from "../ui/button.js";
import { notify } from "../ui/notices.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { ConflictTable, type ConflictTold, conflictsOf } from "./conflictTable.js";
import { ABOUT, MERGE, PREVIEW } from "./queries.js";
import { SentenceList } from "./sentenceList.js";
import { changes, sentences } from "./sentences.js";
import { type Spec, titleOf } from "./spec.js";

interface Props {
  readonly id: string;
  readonly drawing: Drawing;
  readonly base: Spec;
  readonly target: Spec;
  /** Whose the target is. */
  readonly other: string;
}

export function MergePanel({ id, drawing, base, target, other }: Props) {
  const [open, setOpen] = useState(false);
  const source = sourceOf(id, other, base, target);
  const name = useNameOf(other);
  const what = `${titleOf(target).toLowerCase()}${other === id ? "" : ` of ${name}`}`;
  return (
    <section
      aria-labelledby="merge"
      className="grid min-w-0 gap-4 rounded-card border border-line bg-surface p-4 sm:p-6"
    >
      <div className="grid gap-1">
        <h2 id="merge" className="text-lg font-semibold">
          Merge
        </h2>
        <p dir="auto" className="text-sm text-pretty break-words text-muted">
          {source
            ? `Brings what ${what} changed since ${since(base, other === id)} into what is drawn here now.`
            : reasonAgainst(other === id)}
        </p>
      </div>
      {source && !open ? (
        <Button className="justify-self-start" onClick={() => setOpen(true)}>
          <GitMerge size={16} aria-hidden="true" /> See what merging would do
        </Button>
      ) : null}
      {source && open ? <Preview key={JSON.stringify(source)} {...{ id, drawing, source, what }} /> : null}
    </section>
  );
}

type Source = { architectureId: string | null; version: number; baseVersion: number };

/** What is merged; null where the two states are none that can be. */
function sourceOf(id: string, other: string, base: Spec, target: Spec): Source | null {
  if (target.kind !== "version") return null;
  if (other !== id) return { architectureId: other, version: target.number, baseVersion: 0 };
  const later = base.kind === "version" && base.number < target.number;
  return later ? { architectureId: null, version: target.number, baseVersion: base.number } : null;
}

function since(base: Spec, own: boolean): string {
  return own ? titleOf(base).toLowerCase() : "both last met";
}

function reasonAgainst(own: boolean): string {
  return own
    ? "To merge, choose two saved versions, the earlier one as before; or a version of a fork as after."
    : "Only saved versions can be merged; choose one as after, or save one there first.";
}

function useNameOf(id: string): string {
  const [{ data }] = useQuery({ query: ABOUT, variables: { id } });
  return data?.architecture?.name ?? "the other architecture";
}

function Preview({ id, drawing, source, what }: { id: string; drawing: Drawing; source: Source; what: string }) {
  const revision = useDrawn(drawing, (drawn) => drawn.revision);
  const saving = useDrawn(drawing, (drawn) => drawn.saving);
  const latest = useDrawn(drawing, (drawn) => drawn.latestVersion);
  const { data, trouble, fetching, retry } = useAnswer({
    query: PREVIEW,
    variables: { id, source },
    requestPolicy: "network-only",
  });
  if (trouble) return <Trouble onRetry={retry}>{trouble}</Trouble>;
  const preview = data?.mergePreview;
  if (!preview || fetching) return <Skeleton className="h-32" />;
  const conflicts = conflictsOf(preview.conflicts);
  const told = sentences(editsOf(preview.edits), drawing.state.getState().graph);
  if (told.length === 0 && conflicts.length === 0) {
    return (
      <div className="grid justify-items-start gap-3">
        <p className="text-sm">{`There is nothing to merge: nothing is new since version ${preview.baseVersion}.`}</p>
        {source.architectureId ? <OtherWay id={id} other={source.architectureId} latest={latest} /> : null}
      </div>
    );
  }
  return (
    <div className="grid min-w-0 gap-6">
      <p className="text-sm text-muted">{`Where both last met: version ${preview.baseVersion}.`}</p>
      {told.length > 0 ? (
        <div className="min-w-0">
          <h3 className="mb-2 font-semibold">{`${changes(told.length)} here`}</h3>
          <SentenceList sentences={told} />
        </div>
      ) : null}
      <ConflictTable conflicts={conflicts} />
      {saving === "saved" ? (
        <MergeButton {...{ id, source, what, revision, conflicts }} empty={told.length === 0} onStale={retry} />
      ) : (
        <p role="status" className="text-sm text-warn">
          Your last edits are still on their way to the server; merging waits for them.
        </p>
      )}
    </div>
  );
}

/** Whoever stands on a fork means to bring its changes back: that is done where they shall arrive. */
function OtherWay({ id, other, latest }: { id: string; other: string; latest: number }) {
  const name = useNameOf(other);
  if (latest === 0)
    return <p className="text-sm text-muted">To bring what is drawn here there, save a version of it first.</p>;
  return (
    <ButtonLink
      className="max-w-full"
      href={`/architectures/${other}/compare?base=now&target=${latest}&with=${encodeURIComponent(id)}`}
    >
      <span className="truncate">
        Merge version {latest} into <bdi>{name}</bdi> instead
      </span>
    </ButtonLink>
  );
}

interface MergeProps {
  readonly id: string;
  readonly source: Source;
  readonly what: string;
  readonly revision: number;
  readonly conflicts: readonly ConflictTold[];
  readonly empty: boolean;
  readonly onStale: () => void;
}

function MergeButton({ id, source, what, revision, conflicts, empty, onStale }: MergeProps) {
  const client = useClient();
  const [, navigate] = useLocation();
  const keepOurs = conflicts.length > 0;
  const readOnly = useReadOnly();
  const { send, busy, trouble } = useCommand(
    (base: string, key) =>
      command(client, MERGE, { id, source, base, keepOurs, key }, "mergeArchitecture").catch((error) => {
        if (error instanceof Refusal && error.code === "CONFLICT") onStale();
        throw error;
      }),
    () => {
      notify({ text: `Merged ${what}.`, tone: "good" });
      navigate(`/architectures/${id}`);
    },
  );
  if (readOnly !== null) return <p className="text-sm text-muted">{readOnly}.</p>;
  if (empty)
    return <p className="text-sm">Keeping yours in every conflict leaves the drawing as it is: nothing to merge.</p>;
  return (
    <div className="grid gap-3">
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <Button look="primary" busy={busy} onClick={() => send(String(revision))} className="justify-self-start">
        <GitMerge size={16} aria-hidden="true" /> {keepOurs ? "Merge, keep ours in conflicts" : "Merge"}
      </Button>
    </div>
  );
}
