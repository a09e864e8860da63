/** How a run stands: state, how far it is, what it has come to. */

import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { ago, count, duration, percent } from "../format/figures.js";
import { connection } from "../gateway/connection.js";
import { Card, Fact, Facts } from "../ui/card.js";
import { Badge, Progress, Trouble } from "../ui/states.js";
import { isOver, type Progress as Pace, type Run } from "./queries.js";
import { STATES } from "./states.js";

const LASTING_MS = 2_500;

export function Status({ run, progress }: { run: Run; progress: Pace | null }) {
  const over = isOver(run.state);
  const share = progress ? Number(progress.step) / Math.max(1, Number(progress.steps)) : 0;
  return (
    <Card title="Progress" actions={<StateBadge run={run} />}>
      <Lost over={over} />
      {run.state === "FAILED" ? <Trouble>{run.reason ?? "the run failed without saying why"}</Trouble> : null}
      {run.state === "CANCELLED" && run.reason ? <p className="text-sm text-muted">{run.reason}</p> : null}
      {over ? null : <Progress value={share} label="Progress of the run" />}
      <p aria-live="polite" className="text-sm text-muted empty:hidden">
        {inWords(run, progress)}
      </p>
      <Facts columns="grid-cols-2 sm:grid-cols-4">
        <Fact label="Epoch">{progress ? `${progress.epoch} of ${progress.epochs}` : `0 of ${run.options.epochs}`}</Fact>
        <Fact label="Batch">{progress ? batchOf(progress) : "–"}</Fact>
        <Fact label="Speed">{progress ? `${count(Math.round(progress.samplesPerSecond))} samples/s` : "–"}</Fact>
        {over ? (
          <Fact label="Finished" {...(run.finishedAt && { title: run.finishedAt })}>
            {run.finishedAt ? ago(run.finishedAt) : "–"}
          </Fact>
        ) : (
          <Fact label="Time left">{progress ? duration(progress.remainingSeconds * 1000) : "–"}</Fact>
        )}
        <Fact label="Best validation accuracy">{run.bestEpoch ? percent(run.bestValidationAccuracy) : "–"}</Fact>
        <Fact label="Best epoch">{run.bestEpoch || "–"}</Fact>
        <Fact label="Test accuracy">{percent(run.testAccuracy)}</Fact>
        <Fact label="Device time" title={`of at most ${duration(run.limitMilliseconds)} on ${run.device}`}>
          {duration(run.deviceMilliseconds)}
        </Fact>
      </Facts>
    </Card>
  );
}

export function StateBadge({ run }: { run: Run }) {
  const stopping = run.cancelRequested && !isOver(run.state);
  const { word, tone } = stopping ? ({ word: "Stopping", tone: "warn" } as const) : STATES[run.state];
  return (
    <Badge tone={tone}>
      {isOver(run.state) ? null : (
        <span aria-hidden="true" className="size-1.5 animate-pulse rounded-full bg-current" />
      )}
      {word}
    </Badge>
  );
}

/** What stands still is said; what moves is in the figures. */
function inWords(run: Run, progress: Pace | null): string {
  if (isOver(run.state)) return "";
  if (run.cancelRequested) return "It stops at its next batch.";
  if (run.state === "QUEUED") return `It waits for a free place on ${run.device}, and starts by itself.`;
  if (run.state === "STARTING" || !progress) return "The worker fetches data and network.";
  return run.attempt > 1 ? `Attempt ${run.attempt}: it went on from its last checkpoint.` : "";
}

function batchOf({ step, steps, epochs, epoch }: Pace): string {
  const perEpoch = Math.round(Number(steps) / Math.max(1, epochs));
  return `${Number(step) - (Math.max(1, epoch) - 1) * perEpoch} of ${perEpoch}`;
}

/** Said once it lasts: connecting takes a moment, and a short break mends itself. */
function Lost({ over }: { over: boolean }) {
  const live = useStore(connection, ({ live }) => live);
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLasting(!live), live ? 0 : LASTING_MS);
    return () => clearTimeout(timer);
  }, [live]);
  if (over || live || !lasting) return null;
  return (
    <p role="status" className="rounded-[10px] bg-warn-soft px-3 py-2 text-sm text-warn">
      The connection is lost. The run goes on; what is missed shows here as soon as there is a connection again.
    </p>
  );
}
