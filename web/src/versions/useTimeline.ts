/** The timeline of an architecture, read on as its drawing goes on; and the state at one revision of it. */

import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import type { Graph } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { archiveOf } from "./archive.js";
import { type Moment, Timeline } from "./timeline.js";

const READ_AHEAD = 1000;
const WAIT_MS = 120;

export function useTimeline(id: string, drawing: Drawing, head: number, revision: number) {
  const timeline = useMemo(() => new Timeline(archiveOf(id)), [id]);
  const { moments, trouble } = useStore(timeline.state);
  const drawn = useDrawn(drawing, ({ graph }) => graph);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is drawn, when all of it is with the server.
  useMemo(() => {
    const { revision, graph, saving } = drawing.state.getState();
    if (saving === "saved") timeline.learn(revision, graph);
  }, [timeline, drawing, drawn, head]);
  const needed = Math.max(1, Math.min(revision, head - READ_AHEAD));
  useEffect(() => void timeline.reach(head, needed), [timeline, head, needed]);
  return { timeline, moments, trouble, retry: () => void timeline.reach(head, needed) };
}

interface Shown {
  readonly revision: number;
  readonly graph: Graph | null;
  readonly trouble: unknown;
}

/** The state at a revision; while it is on its way, the one shown before. */
export function useStateAt(timeline: Timeline, moments: ReadonlyMap<number, Moment>, revision: number) {
  const [fetched, setFetched] = useState<Shown>({ revision: 0, graph: null, trouble: null });
  const [again, setAgain] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with more moments known, more states can be replayed.
  const known = useMemo(() => timeline.at(revision), [timeline, moments, revision, fetched]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` asks again.
  useEffect(() => {
    if (known) {
      setFetched((shown) => (shown.graph === known ? shown : { revision, graph: known, trouble: null }));
      const timer = setTimeout(() => void timeline.prepare(revision), WAIT_MS);
      return () => clearTimeout(timer);
    }
    let here = true;
    const timer = setTimeout(() => {
      timeline.fetch(revision).then(
        (graph) => here && setFetched({ revision, graph, trouble: null }),
        (trouble) => here && setFetched(({ graph }) => ({ revision, graph, trouble })),
      );
    }, WAIT_MS);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [timeline, known, revision, again]);
  const graph = known ?? fetched.graph;
  const trouble = known || fetched.revision !== revision ? null : fetched.trouble;
  return { graph, trouble, late: !known, retry: () => setAgain((times) => times + 1) };
}
