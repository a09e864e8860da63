/** One run: how far it is, its curves as they grow, what it says, what it leaves behind. */

import { useStore } from "zustand";
import { useReadOnly } from "../gateway/readOnly.js";
import { useCrumbs } from "../pages/useCrumbs.js";
import { ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { NotFound } from "../ui/notFound.js";
import { ReadOnlyNote } from "../ui/readOnlyNote.js";
import { Loading, Trouble } from "../ui/states.js";
import { Cancel } from "./cancel.js";
import { Checkpoints } from "./checkpoints.js";
import { Console } from "./console.js";
import { Curves } from "./curves.js";
import { Judgement } from "./evaluation.js";
import type { Live, LiveRun } from "./live.js";
import { Origin } from "./origin.js";
import { isOver, type Run } from "./queries.js";
import { Reproduction } from "./reproduction.js";
import { Status } from "./status.js";
import { useLiveRun } from "./useLiveRun.js";

export default function RunPage({ id }: { id: string }) {
  const live = useLiveRun(id);
  const view = useStore(live.state);
  if (view.run) return <Shown live={live} view={view} run={view.run} />;
  if (!view.refusal) return <Loading label="Opening the run" />;
  if (view.refusal.code === "NOT_FOUND") return <NotFound what="run" />;
  return (
    <Frame title="Run">
      <Trouble onRetry={() => location.reload()}>{view.refusal.message}</Trouble>
    </Frame>
  );
}

function Shown({ live, view, run }: { live: LiveRun; view: Live; run: Run }) {
  const { progress, curves, read } = view;
  const over = isOver(run.state);
  const runs = { label: "Runs", href: `/projects/${run.projectId}/runs` };
  const crumbs = useCrumbs(run.projectId, runs, { label: run.name });
  const perEpoch = progress ? Number(progress.steps) / Math.max(1, progress.epochs) : 0;
  return (
    <Frame title={run.name} crumbs={crumbs} actions={<Actions run={run} />}>
      <div className="grid grid-cols-1 gap-6">
        {view.refusal ? <Trouble onRetry={() => location.reload()}>{view.refusal.message}</Trouble> : null}
        <Status run={run} progress={progress} />
        <Curves curves={curves} read={read} over={over} perEpoch={perEpoch} onZoom={() => live.detail()} />
        {run.state === "COMPLETED" ? <Judgement id={run.id} /> : null}
        <Console log={live.log} />
        <div className="grid gap-6 lg:grid-cols-2">
          <Checkpoints run={run} />
          <Origin run={run} />
        </div>
        <Reproduction run={run} />
      </div>
    </Frame>
  );
}

function Actions({ run }: { run: Run }) {
  const readOnly = useReadOnly() !== null;
  return (
    <>
      <ReadOnlyNote />
      {isOver(run.state) || readOnly ? null : <Cancel run={run} />}
      {readOnly ? null : (
        <ButtonLink href={`/architectures/${run.architectureId}/train?as=${run.id}`}>Train again</ButtonLink>
      )}
      {run.state === "COMPLETED" ? (
        <ButtonLink look="primary" href={`/runs/${run.id}/export`}>
          {readOnly ? "Exports" : "Export"}
        </ButtonLink>
      ) : null}
    </>
  );
}
