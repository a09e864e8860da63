/** An architecture of a project: its drawing, what it counts, and what can be done with it. */

import { GitCompareArrows, History, PencilLine, Play } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLocation } from "wouter";
import { ago } from "../format/figures.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import type { Action } from "../ui/menu.js";
import { RenameArchitecture } from "../ui/renameArchitecture.js";
import { PictureCard } from "./pictureCard.js";
import { type ArchitectureRow, DOCUMENT } from "./queries.js";
import { useSeen } from "./useSeen.js";

const Counted = lazy(() => import("./counted.js"));

export function ArchitectureCard({ id, name, latestVersion, updatedAt }: ArchitectureRow) {
  const [card, seen] = useSeen<HTMLLIElement>();
  const { data, trouble } = useAnswer({ query: DOCUMENT, variables: { id }, pause: !seen });
  const [renaming, setRenaming] = useState(false);
  const actions = useActions(id, () => setRenaming(true));
  const document = data?.architecture?.document;
  return (
    <>
      <PictureCard
        ref={card}
        heading="h3"
        name={name}
        href={`/architectures/${id}`}
        document={document}
        failed={trouble !== null}
        actions={actions}
      >
        <Suspense>{document === undefined ? null : <Counted document={document} />}</Suspense>
        {latestVersion > 0 ? <span className="tabular">Version {latestVersion}</span> : null}
        <time dateTime={updatedAt}>{ago(updatedAt)}</time>
      </PictureCard>
      {renaming ? <RenameArchitecture id={id} name={name} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}

function useActions(id: string, rename: () => void): readonly (readonly Action[])[] {
  const [, go] = useLocation();
  const readOnly = useReadOnly() !== null;
  const to = (place: string) => () => go(`/architectures/${id}/${place}`);
  const train = { label: "Train", icon: <Play size={16} />, onSelect: to("train") };
  const look = [
    { label: "Versions", icon: <History size={16} />, onSelect: to("versions") },
    { label: "Compare", icon: <GitCompareArrows size={16} />, onSelect: to("compare") },
  ];
  if (readOnly) return [look];
  return [[train, ...look], [{ label: "Rename", icon: <PencilLine size={16} />, onSelect: rename }]];
}
