/** How a drawing came to be: its saved versions, and every state it ever had, at a slider's reach. */

import { PencilRuler } from "lucide-react";
import { useEffect, useState } from "react";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawing, useDrawn } from "../canvas/useDrawing.js";
import { sentence } from "../gateway/outcome.js";
import { useRetry } from "../gateway/useRetry.js";
import { ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { ReadOnlyNote } from "../ui/readOnlyNote.js";
import { Loading, Trouble } from "../ui/states.js";
import { Relatives } from "./relatives.js";
import { StateView } from "./stateView.js";
import { TimeSlider } from "./timeSlider.js";
import { useCrumbs } from "./useCrumbs.js";
import { usePeople } from "./usePeople.js";
import { useStateAt, useTimeline } from "./useTimeline.js";
import { useVersions } from "./useVersions.js";
import { VersionList } from "./versionList.js";

const SETTLED_MS = 400;

export default function VersionsPage({ id }: { id: string }) {
  const { drawing, trouble } = useDrawing(id);
  if (drawing) return <Versions id={id} drawing={drawing} />;
  if (!trouble) return <Loading label="Opening the versions" />;
  return (
    <Frame title="Versions">
      <Trouble onRetry={() => location.reload()}>{sentence(trouble)}</Trouble>
    </Frame>
  );
}

function Versions({ id, drawing }: { id: string; drawing: Drawing }) {
  const [name, projectId] = [useDrawn(drawing, (drawn) => drawn.name), useDrawn(drawing, (drawn) => drawn.projectId)];
  const [head, latest] = [
    useDrawn(drawing, (drawn) => drawn.revision),
    useDrawn(drawing, (drawn) => drawn.latestVersion),
  ];
  const versions = useVersions(id, latest);
  const named = versions.versions.find(({ number }) => number === wanted("version"));
  const [revision, pick] = usePicked(head, Number(named?.revision ?? head));
  const { timeline, moments, trouble, retry } = useTimeline(id, drawing, head, revision);
  const state = useStateAt(timeline, moments, revision);
  useRetry(trouble, retry);
  useRetry(state.trouble, state.retry);
  useRetry(versions.trouble, versions.retry);
  const [version, moment] = [
    versions.versions.find((each) => each.revision === String(revision)),
    moments.get(revision),
  ];
  const nameOf = usePeople([...versions.versions.map(({ author }) => author), moment?.author ?? ""]);
  const crumbs = useCrumbs(projectId, id, name, "Versions");
  return (
    <Frame title="Versions" crumbs={crumbs} wide actions={<OpenDrawing id={id} />}>
      <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 content-start gap-4">
          <StateView {...{ id, drawing, revision, head, version, moment, state, nameOf }} versions={versions.versions}>
            <TimeSlider {...{ head, revision, moments, nameOf }} versions={versions.versions} onPick={pick} />
            {trouble ? <Trouble onRetry={retry}>{`The log cannot be read: ${sentence(trouble)}`}</Trouble> : null}
          </StateView>
        </div>
        <div className="grid min-w-0 content-start gap-8">
          <VersionList {...{ id, revision, nameOf, latest }} found={versions} onPick={pick} />
          <Relatives id={id} projectId={projectId} />
        </div>
      </div>
    </Frame>
  );
}

function OpenDrawing({ id }: { id: string }) {
  return (
    <>
      <ReadOnlyNote />
      <ButtonLink href={`/architectures/${id}`}>
        <PencilRuler size={16} aria-hidden="true" /> Open the drawing
      </ButtonLink>
    </>
  );
}

/** The revision looked at, kept in the address; until one is picked it is the given one. */
function usePicked(head: number, given: number): [number, (revision: number) => void] {
  const [picked, pick] = useState(() => wanted("revision"));
  useEffect(() => {
    if (picked === null) return;
    const timer = setTimeout(() => history.replaceState(history.state, "", `?revision=${picked}`), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [picked]);
  return [Math.max(1, Math.min(head, picked ?? given)), pick];
}

/** A number that the address has, of a version or a revision. */
function wanted(what: "version" | "revision"): number | null {
  const given = Number(new URLSearchParams(location.search).get(what));
  return Number.isSafeInteger(given) && given > 0 ? given : null;
}
