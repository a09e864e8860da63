/** A project in the list: its newest network, what it holds, when it last changed. */

import { PencilLine } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { ago } from "../format/figures.js";
import { command } from "../gateway/outcome.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { NameDialog } from "../ui/nameDialog.js";
import { PictureCard } from "./pictureCard.js";
import { CONTENT, OF_ARCHITECTURES, type ProjectRow, RENAME_PROJECT } from "./queries.js";
import { useSeen } from "./useSeen.js";

const MOST = 100;

export function ProjectCard({ id, name, createdAt }: ProjectRow) {
  const [card, seen] = useSeen<HTMLLIElement>();
  const { data, trouble } = useAnswer({
    query: CONTENT,
    variables: { id, most: MOST },
    pause: !seen,
    context: OF_ARCHITECTURES,
  });
  const [renaming, setRenaming] = useState(false);
  const readOnly = useReadOnly() !== null;
  const rename = { label: "Rename", icon: <PencilLine size={16} />, onSelect: () => setRenaming(true) };
  const moments = [...(data?.architectures.nodes ?? []).map(({ updatedAt }) => updatedAt), createdAt];
  const runs = (data?.runs.nodes ?? []).map(({ createdAt, finishedAt }) => finishedAt ?? createdAt);
  const document = data && (data.newest.nodes[0]?.document ?? null);
  return (
    <>
      <PictureCard
        ref={card}
        name={name}
        href={`/projects/${id}`}
        document={document}
        failed={trouble !== null}
        {...(!readOnly && { actions: [[rename]] })}
      >
        {data ? (
          <>
            <span className="tabular">{counted(data.architectures, "architecture")}</span>
            <span className="tabular">{counted(data.runs, "run")}</span>
            <time dateTime={newest([...moments, ...runs])}>{ago(newest([...moments, ...runs]))}</time>
          </>
        ) : (
          <span>&nbsp;</span>
        )}
      </PictureCard>
      {renaming ? <RenameProject id={id} name={name} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}

export function RenameProject({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const client = useClient();
  const rename = async (name: string, key: string) => {
    await command(client, RENAME_PROJECT, { id, name, key }, "renameProject");
    onClose();
  };
  return <NameDialog title="Rename the project" initial={name} action="Rename" onName={rename} onClose={onClose} />;
}

function counted({ nodes, nextPageToken }: { nodes: readonly unknown[]; nextPageToken: string | null }, what: string) {
  const more = nextPageToken ? "+" : "";
  return `${nodes.length}${more} ${what}${nodes.length === 1 ? "" : "s"}`;
}

function newest(moments: readonly string[]): string {
  return moments.reduce((latest, moment) => (Date.parse(moment) > Date.parse(latest) ? moment : latest));
}
