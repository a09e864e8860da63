/** A state as a picture, Blocks opened in place; a chosen node tells its settings and who set them. */

import type { Viewport } from "@xyflow/react";
import { useMemo, useState } from "react";
import type { Analysis, Graph } from "../blueprint/index.js";
import { closePlaces } from "../canvas/places.js";
import { graphAt, type Path } from "../canvas/scope.js";
import { BlameCard } from "./blameCard.js";
import { alone } from "./comparison.js";
import { NetworkPicture } from "./networkPicture.js";
import { PathBar } from "./pathBar.js";
import { boundsOf } from "./placing.js";
import type { StateProps } from "./stateView.js";

interface Props extends StateProps {
  readonly graph: Graph;
  readonly analysis: Analysis;
  readonly late: boolean;
}

const TOP: Path = [];

export function StatePicture({ graph, analysis, late, ...props }: Props) {
  const [wanted, enter] = useState<Path>(TOP);
  const [chosen, choose] = useState<string | null>(null);
  const [viewport, onViewport] = useState<Viewport | null>(null);
  const found = graphAt(graph, wanted);
  const path = found ? wanted : TOP;
  const shown = found ?? graph;
  const side = useMemo(() => alone(shown), [shown]);
  const places = useMemo(() => closePlaces(shown), [shown]);
  const bounds = useMemo(() => boundsOf(places), [places]);
  const node = side.graph.nodes.find(({ id }) => id === chosen) ?? null;
  const go = (path: Path) => {
    enter(path);
    choose(null);
    onViewport(null);
  };
  return (
    <div className="relative grid min-w-0 overflow-hidden rounded-card border border-line bg-surface">
      {path.length > 0 ? <PathBar path={path} onGo={go} /> : null}
      <div
        className={`${shown.nodes.length === 0 ? "h-40" : "h-[min(56dvh,38rem)]"} transition-opacity ${late ? "opacity-60" : ""}`}
      >
        {shown.nodes.length === 0 ? (
          <p className="grid size-full place-items-center bg-sunken text-sm text-muted">Nothing was drawn yet.</p>
        ) : (
          <NetworkPicture
            label="The network at this moment"
            {...{ side, analysis, path, places, bounds, chosen, viewport, onViewport }}
            onChoose={choose}
          />
        )}
      </div>
      {node ? (
        <BlameCard
          key={node.id}
          {...props}
          node={node}
          path={path}
          figures={analysis.nodes.get([...path, node.id].join("/"))}
          onClose={() => choose(null)}
          onEnter={() => go([...path, node.id])}
        />
      ) : null}
    </div>
  );
}
