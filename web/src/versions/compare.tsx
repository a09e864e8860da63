/** Two states beside each other: what became of each node and edge, what that costs, and merging one into the other. */

import { ArrowLeftRight } from "lucide-react";
import { useLocation, useSearchParams } from "wouter";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawing, useDrawn } from "../canvas/useDrawing.js";
import { sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { Loading, Skeleton, Trouble } from "../ui/states.js";
import { CompareView } from "./compareView.js";
import { MergePanel } from "./mergePanel.js";
import { type Spec, specOf, textOf, titleOf } from "./spec.js";
import { StatePicker } from "./statePicker.js";
import { useCrumbs } from "./useCrumbs.js";
import { useSnapshot } from "./useSnapshot.js";

export default function ComparePage({ id }: { id: string }) {
  const { drawing, trouble } = useDrawing(id);
  if (drawing) return <Compare id={id} drawing={drawing} />;
  if (!trouble) return <Loading label="Opening the comparison" />;
  return (
    <Frame title="Compare">
      <Trouble onRetry={() => location.reload()}>{sentence(trouble)}</Trouble>
    </Frame>
  );
}

function Compare({ id, drawing }: { id: string; drawing: Drawing }) {
  const [name, projectId] = [useDrawn(drawing, (drawn) => drawn.name), useDrawn(drawing, (drawn) => drawn.projectId)];
  const [graph, latest] = [
    useDrawn(drawing, (drawn) => drawn.graph),
    useDrawn(drawing, (drawn) => drawn.latestVersion),
  ];
  const { base, target, other, show } = useSides(id, latest);
  const before = useSnapshot(id, base, graph);
  const after = useSnapshot(other, target, other === id ? graph : null);
  const crumbs = useCrumbs(projectId, id, name, "Compare");
  return (
    <Frame title="Compare" crumbs={crumbs} wide>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <div className="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
          <StatePicker
            label="Before"
            projectId={projectId}
            architecture={id}
            spec={base}
            onPick={(architecture, spec) => show(architecture, spec, other, target)}
          />
          <Button className="justify-self-center" onClick={() => show(other, target, id, base)}>
            <ArrowLeftRight size={16} aria-hidden="true" /> Swap
          </Button>
          <StatePicker
            label="After"
            projectId={projectId}
            architecture={other}
            spec={target}
            onPick={(architecture, spec) => show(id, base, architecture, spec)}
          />
        </div>
        {[before, after].map(({ trouble, retry }, at) =>
          trouble ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: before and after.
            <Trouble key={at} onRetry={retry}>
              {sentence(trouble)}
            </Trouble>
          ) : null,
        )}
        {before.graph && after.graph ? (
          <>
            <CompareView
              before={{ graph: before.graph, title: titleOf(base) }}
              after={{ graph: after.graph, title: titleOf(target) }}
            />
            <MergePanel {...{ id, drawing, base, target, other }} />
          </>
        ) : before.trouble || after.trouble ? null : (
          <Skeleton className="h-96" />
        )}
      </div>
    </Frame>
  );
}

/** Which states are compared, as the address has it; the newest version with what is drawn now where it says nothing. */
function useSides(id: string, latest: number) {
  const [given] = useSearchParams();
  const [, navigate] = useLocation();
  const newest: Spec = latest > 0 ? { kind: "version", number: latest } : { kind: "revision", number: 1 };
  const base = specOf(given.get("base") ?? "") ?? newest;
  const target = specOf(given.get("target") ?? "") ?? ({ kind: "now" } as const);
  const other = given.get("with") || id;
  const show = (architecture: string, base: Spec, other: string, target: Spec) => {
    const sides = `base=${textOf(base)}&target=${textOf(target)}`;
    const beside = other === architecture ? "" : `&with=${encodeURIComponent(other)}`;
    navigate(`/architectures/${architecture}/compare?${sides}${beside}`, { replace: true });
  };
  return { base, target, other, show };
}
