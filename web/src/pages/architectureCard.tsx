/** An architecture of a project: its drawing, what it counts, and what can be done with it. */

import { GitCompareArrows, History, PencilLine, Play } from "lucide-react";
import { useMemo, useState } from "react";
import { useClient } from "urql";
import { useLocation } from "wouter";
import { analyze, text } from "../blueprint/index.js";
import { graphOf } from "../canvas/wire.js";
import { ago, count } from "../format/figures.js";
import type { Plain } from "../gateway/graphql.js";
import { command } from "../gateway/outcome.js";
import { Badge } from "../ui/states.js";
import { NameDialog } from "./nameDialog.js";
import { PictureCard } from "./pictureCard.js";
import { type ArchitectureRow, DOCUMENT, RENAME_ARCHITECTURE } from "./queries.js";
import { useAnswer } from "./useAnswer.js";
import { useSeen } from "./useSeen.js";

export function ArchitectureCard({ id, name, latestVersion, updatedAt }: ArchitectureRow) {
  const [card, seen] = useSeen<HTMLLIElement>();
  const { data, trouble } = useAnswer({ query: DOCUMENT, variables: { id }, pause: !seen });
  const [renaming, setRenaming] = useState(false);
  const actions = useActions(id, () => setRenaming(true));
  const document = data?.architecture?.document;
  const counted = useMemo(() => countedIn(document), [document]);
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
        {counted ? <span className="tabular">{counted.params}</span> : null}
        {latestVersion > 0 ? <span className="tabular">Version {latestVersion}</span> : null}
        <time dateTime={updatedAt}>{ago(updatedAt)}</time>
        {counted && counted.errors > 0 ? <Badge tone="warn">{problems(counted.errors)}</Badge> : null}
      </PictureCard>
      {renaming ? <RenameArchitecture id={id} name={name} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}

function useActions(id: string, rename: () => void) {
  const [, go] = useLocation();
  const to = (place: string) => () => go(`/architectures/${id}/${place}`);
  return [
    [
      { label: "Train", icon: <Play size={16} />, onSelect: to("train") },
      { label: "Versions", icon: <History size={16} />, onSelect: to("versions") },
      { label: "Compare", icon: <GitCompareArrows size={16} />, onSelect: to("compare") },
    ],
    [{ label: "Rename", icon: <PencilLine size={16} />, onSelect: rename }],
  ];
}

function RenameArchitecture({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const client = useClient();
  const rename = async (name: string, key: string) => {
    await command(client, RENAME_ARCHITECTURE, { id, name, key }, "renameArchitecture");
    onClose();
  };
  return (
    <NameDialog title="Rename the architecture" initial={name} action="Rename" onName={rename} onClose={onClose} />
  );
}

/** Above so many nodes a card is not worth the time to count them. */
const MOST_NODES = 2000;

/** What the engine finds in a document; null where it cannot be read, has nothing, or would take long. */
function countedIn(document: Plain | undefined): { params: string; errors: number } | null {
  if (document === undefined) return null;
  try {
    const graph = graphOf(document);
    if (graph.nodes.length === 0 || graph.nodes.length > MOST_NODES) return null;
    const { totals, issues } = analyze(graph);
    const errors = issues.filter(({ severity }) => severity === "error").length;
    return { params: `${count(text(totals.params))} parameters`, errors };
  } catch {
    return null;
  }
}

function problems(errors: number): string {
  return errors === 1 ? "1 problem" : `${errors} problems`;
}
