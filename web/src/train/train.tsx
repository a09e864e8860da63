/** Starts a run: which version, on what data, how, where; with what it will take before anything is spent. */

import { Eye, Layers } from "lucide-react";
import { useMemo } from "react";
import { sentence } from "../gateway/outcome.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCrumbs } from "../pages/useCrumbs.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { NotFound } from "../ui/notFound.js";
import { Empty, Loading, Trouble } from "../ui/states.js";
import { ARCHITECTURE, type Architecture, MACHINES, type Version } from "./queries.js";
import { TrainForm } from "./trainForm.js";
import { isUnsaved } from "./unsaved.js";
import { useData } from "./useData.js";
import { useSave } from "./useSave.js";

export default function TrainPage({ id }: { id: string }) {
  const { data, trouble, retry } = useAnswer({ query: ARCHITECTURE, variables: { id } });
  if (data?.architecture)
    return <OfArchitecture architecture={data.architecture} versions={data.versions.nodes} onSaved={retry} />;
  if (data) return <NotFound what="architecture" />;
  if (!trouble) return <Loading label="Opening the train page" />;
  return (
    <Frame title="Train">
      <Trouble onRetry={retry}>{trouble}</Trouble>
    </Frame>
  );
}

interface Props {
  readonly architecture: Architecture;
  readonly versions: readonly Version[];
  readonly onSaved: () => void;
}

function OfArchitecture({ architecture, versions, onSaved }: Props) {
  const { data, trouble, retry } = useData(architecture.projectId);
  const { data: machines, ...devices } = useAnswer({ query: MACHINES, variables: {} });
  const problem = trouble ?? devices.trouble;
  const readOnly = useReadOnly();
  const again = () => {
    retry();
    devices.retry();
  };
  const drawing = { label: architecture.name, href: `/architectures/${architecture.id}` };
  const crumbs = useCrumbs(architecture.projectId, drawing, { label: "Train" });
  return (
    <Frame title="Train" crumbs={crumbs}>
      {problem ? <Trouble onRetry={again}>{problem}</Trouble> : null}
      {readOnly !== null ? (
        <NotForViewers architecture={architecture} reason={readOnly} />
      ) : versions.length === 0 ? (
        <NothingSaved architecture={architecture} onSaved={onSaved} />
      ) : data && machines ? (
        <TrainForm
          architecture={architecture}
          versions={versions}
          datasets={data.datasets.nodes}
          builtins={data.builtins}
          machines={machines}
          onMade={retry}
          onSaved={onSaved}
        />
      ) : problem ? null : (
        <Loading label="Loading data and devices" />
      )}
    </Frame>
  );
}

function NotForViewers({ architecture, reason }: { architecture: Architecture; reason: string }) {
  const runs = <ButtonLink href={`/projects/${architecture.projectId}/runs`}>To the runs</ButtonLink>;
  return (
    <Empty icon={<Eye size={24} />} title="Only members start runs" action={runs}>
      {reason}. What others trained can be looked at.
    </Empty>
  );
}

function NothingSaved({ architecture, onSaved }: { architecture: Architecture; onSaved: () => void }) {
  const { save, busy, trouble } = useSave(architecture, onSaved);
  const drawn = useMemo(() => isUnsaved(architecture, undefined), [architecture]);
  return (
    <Empty
      icon={<Layers size={24} />}
      title={drawn ? "No version is saved yet" : "Nothing is drawn yet"}
      action={
        <div className="grid gap-3">
          {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
          <div className="flex flex-wrap justify-center gap-2">
            {drawn ? (
              <Button look="primary" busy={busy} onClick={save}>
                Save version
              </Button>
            ) : null}
            <ButtonLink look={drawn ? "secondary" : "primary"} href={`/architectures/${architecture.id}`}>
              Open the editor
            </ButtonLink>
          </div>
        </div>
      }
    >
      {drawn
        ? "A run trains a saved version, so that it can be trained again exactly. Save what is drawn, and go on here."
        : "Draw a network in the editor and save a version of it; then come back."}
    </Empty>
  );
}
