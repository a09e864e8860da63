/** What can be done with a state: go back to it, begin anew from it, compare it, take it home, train it. */

import { Download, EllipsisVertical, FileCode2, GitCompare, GitFork, Play, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Graph } from "../blueprint/index.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { documentOf } from "../canvas/wire.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Button, ButtonLink, IconButton } from "../ui/button.js";
import { type Action, Menu } from "../ui/menu.js";
import { fileName, save as saveFile } from "../ui/take.js";
import { ForkDialog } from "./forkDialog.js";
import { RestoreDialog } from "./restoreDialog.js";
import type { StateProps } from "./stateView.js";

interface Props extends StateProps {
  readonly graph: Graph;
  /** Whether the state is still on its way. */
  readonly late: boolean;
}

export function StateActions({ id, drawing, revision, head, version, graph, late }: Props) {
  const [open, setOpen] = useState<"restore" | "fork" | null>(null);
  const [, navigate] = useLocation();
  const readOnly = useReadOnly() !== null;
  const name = useDrawn(drawing, (drawn) => drawn.name);
  const label = version ? `version ${version.number}` : `revision ${revision}`;
  const spec = version ? String(version.number) : `r${revision}`;
  const other =
    revision === head ? `base=${revision > 1 ? `r${revision - 1}` : spec}&target=${spec}` : `base=${spec}&target=now`;
  const page = (path: string) => () => navigate(`/architectures/${id}/${path}`);
  const ofVersion: Action[] = version
    ? [{ label: "Source", icon: <FileCode2 size={16} />, onSelect: page(`source?version=${version.number}`) }]
    : [];
  const train = page(`train?version=${version?.number}`);
  if (version && !readOnly) ofVersion.push({ label: "Train this version", icon: <Play size={16} />, onSelect: train });
  const save = () => saveFile(JSON.stringify(documentOf(graph), null, 2), `${fileName(`${name} ${label}`)}.json`);
  return (
    <div className="flex flex-wrap gap-2">
      {readOnly ? null : (
        <Button look="primary" disabled={late || revision === head} onClick={() => setOpen("restore")}>
          <RotateCcw size={16} aria-hidden="true" className="hidden sm:block" /> Restore
        </Button>
      )}
      <ButtonLink href={`/architectures/${id}/compare?${other}`}>
        <GitCompare size={16} aria-hidden="true" className="hidden sm:block" /> Compare
      </ButtonLink>
      {readOnly ? null : (
        <Button disabled={late} onClick={() => setOpen("fork")}>
          <GitFork size={16} aria-hidden="true" className="hidden sm:block" /> {version ? "Fork" : "Copy"}
        </Button>
      )}
      <Menu
        label="More"
        groups={[[{ label: "Download JSON", icon: <Download size={16} />, onSelect: save }], ofVersion].filter(
          ({ length }) => length > 0,
        )}
      >
        <IconButton label={`More for ${label}`} disabled={late}>
          <EllipsisVertical size={18} />
        </IconButton>
      </Menu>
      {open === "restore" ? <RestoreDialog {...{ id, drawing, graph, label }} onClose={() => setOpen(null)} /> : null}
      {open === "fork" ? (
        <ForkDialog {...{ id, drawing, graph, version, revision }} onClose={() => setOpen(null)} />
      ) : null}
    </div>
  );
}
