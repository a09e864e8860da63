/** Starts a run: which version, on what data, how, where; with what it will take before anything is spent. */

import { Layers } from "lucide-react";
import { useMemo } from "react";
import { useQuery } from "urql";
import { refusalOf } from "../gateway/outcome.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { Empty, Loading, Trouble } from "../ui/states.js";
import { MACHINES, NETWORK, type Network, type Version } from "./queries.js";
import { TrainForm } from "./trainForm.js";
import { isUnsaved } from "./unsaved.js";
import { useData } from "./useData.js";
import { useSave } from "./useSave.js";

export default function TrainPage({ id }: { id: string }) {
  const [{ data, error }, again] = useQuery({ query: NETWORK, variables: { id } });
  const retry = () => again({ requestPolicy: "network-only" });
  if (data?.architecture)
    return <OfNetwork network={data.architecture} versions={data.versions.nodes} onSaved={retry} />;
  if (!data && !error) return <Loading label="Opening the train page" />;
  return (
    <Frame title="Train">
      <Trouble onRetry={retry}>{error ? refusalOf(error).message : "there is no such network"}</Trouble>
    </Frame>
  );
}

interface Props {
  readonly network: Network;
  readonly versions: readonly Version[];
  readonly onSaved: () => void;
}

function OfNetwork({ network, versions, onSaved }: Props) {
  const { data, error, again } = useData(network.projectId);
  const [{ data: machines, error: unknown }, askMachines] = useQuery({ query: MACHINES });
  const problem = error ?? unknown;
  const retry = () => {
    again({ requestPolicy: "network-only" });
    askMachines({ requestPolicy: "network-only" });
  };
  const crumbs = [
    { label: data?.project?.name ?? "Project", href: `/projects/${network.projectId}` },
    { label: network.name, href: `/architectures/${network.id}` },
    { label: "Train" },
  ];
  return (
    <Frame title="Train" crumbs={crumbs}>
      {problem && !(data && machines) ? <Trouble onRetry={retry}>{refusalOf(problem).message}</Trouble> : null}
      {versions.length === 0 ? (
        <NothingSaved network={network} onSaved={onSaved} />
      ) : data && machines ? (
        <TrainForm
          network={network}
          versions={versions}
          datasets={data.datasets.nodes}
          builtins={data.builtins}
          machines={machines}
          onMade={() => again({ requestPolicy: "network-only" })}
          onSaved={onSaved}
        />
      ) : problem ? null : (
        <Loading label="Loading data and devices" />
      )}
    </Frame>
  );
}

function NothingSaved({ network, onSaved }: { network: Network; onSaved: () => void }) {
  const { save, busy, problem } = useSave(network, onSaved);
  const drawn = useMemo(() => isUnsaved(network, undefined), [network]);
  return (
    <Empty
      icon={<Layers size={24} />}
      title={drawn ? "No version is saved yet" : "Nothing is drawn yet"}
      action={
        <div className="grid gap-3">
          {problem ? <Trouble>{problem}</Trouble> : null}
          <div className="flex flex-wrap justify-center gap-2">
            {drawn ? (
              <Button look="primary" busy={busy} onClick={save}>
                Save version
              </Button>
            ) : null}
            <ButtonLink look={drawn ? "secondary" : "primary"} href={`/architectures/${network.id}`}>
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
