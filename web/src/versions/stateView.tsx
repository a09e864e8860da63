/** One state of a drawing: when and by whom, what it costs, how it looks, and what can be done with it. */

import { type ReactNode, useDeferredValue, useMemo } from "react";
import type { Drawing } from "../canvas/drawing.js";
import { ago, count, exact } from "../format/figures.js";
import { sentence } from "../gateway/outcome.js";
import { Badge, Skeleton, Trouble } from "../ui/states.js";
import { analysisOf } from "./analyses.js";
import type { Version } from "./queries.js";
import { StateActions } from "./stateActions.js";
import { StatePicture } from "./statePicture.js";
import type { Moment } from "./timeline.js";
import { figures, shownBy } from "./totals.js";
import type { useStateAt } from "./useTimeline.js";
import { moment as dated } from "./versionList.js";

export interface StateProps {
  readonly id: string;
  readonly drawing: Drawing;
  readonly revision: number;
  readonly head: number;
  readonly version: Version | undefined;
  readonly moment: Moment | undefined;
  readonly versions: readonly Version[];
  readonly nameOf: (id: string) => string;
}

interface Props extends StateProps {
  readonly state: ReturnType<typeof useStateAt>;
  /** The way to other states. */
  readonly children: ReactNode;
}

export function StateView({ state, children, ...props }: Props) {
  const graph = useDeferredValue(state.graph);
  const analysis = useMemo(() => graph && analysisOf(graph), [graph]);
  const { revision, head, version, moment, nameOf } = props;
  return (
    <section aria-labelledby="state" className="grid min-w-0 gap-4">
      <header className="grid gap-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 id="state" className="tabular text-lg font-semibold">
            {version ? `Version ${version.number}` : `Revision ${revision} of ${head}`}
          </h2>
          {revision === head ? <Badge tone="accent">Now</Badge> : null}
          {version ? <span className="tabular text-sm text-muted">{`revision ${revision} of ${head}`}</span> : null}
        </div>
        {version?.message ? (
          <p dir="auto" className="line-clamp-3 break-words">
            {version.message}
          </p>
        ) : null}
        <p dir="auto" className="min-h-5 truncate text-sm text-muted" title={moment && dated(moment.at)}>
          {moment ? `${moment.summary} · ${nameOf(moment.author)} · ${ago(moment.at)}` : ""}
        </p>
      </header>
      {children}
      {state.trouble ? <Trouble onRetry={state.retry}>{sentence(state.trouble)}</Trouble> : null}
      {state.trouble ? null : graph && analysis ? (
        <>
          <StatePicture {...props} graph={graph} analysis={analysis} late={state.late || graph !== state.graph} />
          <dl className="tabular grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 xl:grid-cols-5">
            {figures(analysis, analysis).map(({ name, label, after }) => (
              <div key={name}>
                <dt className="text-xs text-muted">{label}</dt>
                <dd className="truncate text-lg font-semibold" title={exact(after)}>
                  {shownBy(name)(after)}
                </dd>
              </div>
            ))}
          </dl>
          {analysis.valid ? null : (
            <p className="text-sm text-warn">
              {`${count(analysis.issues.length)} ${analysis.issues.length === 1 ? "problem" : "problems"} stood in this state.`}
            </p>
          )}
          <StateActions {...props} graph={graph} late={state.late || graph !== state.graph} />
        </>
      ) : (
        <Skeleton className="h-96" />
      )}
    </section>
  );
}
