/** What became of a network: in pictures, in sentences, in figures. */

import { useMemo, useState } from "react";
import type { Edit, Graph } from "../blueprint/index.js";
import { diff } from "../blueprint/index.js";
import { type Path, placeOf } from "../canvas/scope.js";
import { sentence } from "../gateway/outcome.js";
import { Trouble } from "../ui/states.js";
import { analysisOf } from "./analyses.js";
import { levelAt } from "./comparison.js";
import { FigureTable } from "./figureTable.js";
import { type Chosen, NodeChange } from "./nodeChange.js";
import { NodeCosts } from "./nodeCosts.js";
import { PathBar } from "./pathBar.js";
import { SentenceList } from "./sentenceList.js";
import { changes, sentences } from "./sentences.js";
import { figures } from "./totals.js";
import { TwoPictures } from "./twoPictures.js";

export interface Shown {
  readonly graph: Graph;
  readonly title: string;
}

const TOP: Path = [];

export function CompareView({ before, after }: { before: Shown; after: Shown }) {
  const { edits, trouble } = useMemo(() => differences(before.graph, after.graph), [before.graph, after.graph]);
  const [path, enter] = useState<Path>(TOP);
  const [chosen, choose] = useState<Chosen | null>(null);
  const [wanted, want] = useState<Chosen | null>(null);
  const level = useMemo(
    () => levelAt(before.graph, after.graph, edits, path),
    [before.graph, after.graph, edits, path],
  );
  const told = useMemo(() => sentences(edits, before.graph), [edits, before.graph]);
  const [was, is] = [analysisOf(before.graph), analysisOf(after.graph)];
  const go = (to: Path) => {
    enter(to);
    choose(null);
  };
  const goTo = (name: string) => {
    const { path, id } = placeOf(name);
    enter(path);
    const there = levelAt(before.graph, after.graph, edits, path);
    const earlier = [...there.names].find(([, later]) => later === id)?.[0];
    const stands = (side: "before" | "after") => there[side].graph.nodes.some((node) => node.id === id);
    const found = { before: earlier ?? (stands("before") ? id : null), after: stands("after") ? id : null };
    choose(found);
    want(found);
  };
  if (trouble) return <Trouble>{`The two cannot be compared: ${trouble}`}</Trouble>;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
      <section aria-label="Pictures" className="min-w-0 overflow-hidden rounded-card border border-line bg-surface">
        {path.length > 0 ? <PathBar path={path} onGo={go} /> : null}
        <TwoPictures
          key={path.join("/")}
          {...{ level, chosen, wanted }}
          analyses={[was, is]}
          titles={[before.title, after.title]}
          onChoose={choose}
        />
        {chosen ? (
          <NodeChange
            {...{ level, chosen }}
            analyses={[was, is]}
            onClose={() => choose(null)}
            onEnter={(id) => go([...path, id])}
          />
        ) : null}
      </section>
      <div className="grid min-w-0 gap-8 lg:grid-cols-2">
        <section aria-labelledby="changes" className="min-w-0">
          <h2 id="changes" className="mb-3 text-lg font-semibold">
            {told.length === 0 ? "No changes" : changes(told.length)}
          </h2>
          {told.length === 0 ? (
            <p className="text-sm text-muted">Both are the same network.</p>
          ) : (
            <SentenceList sentences={told} onChoose={goTo} />
          )}
        </section>
        <section aria-labelledby="figures" className="grid min-w-0 content-start gap-6">
          <div>
            <h2 id="figures" className="mb-3 text-lg font-semibold">
              Figures
            </h2>
            <FigureTable figures={figures(was, is)} names={[before.title, after.title]} />
          </div>
          <NodeCosts level={level} analyses={[was, is]} />
        </section>
      </div>
    </div>
  );
}

function differences(before: Graph, after: Graph): { edits: readonly Edit[]; trouble: string } {
  try {
    return { edits: diff(before, after), trouble: "" };
  } catch (error) {
    return { edits: [], trouble: sentence(error) };
  }
}
