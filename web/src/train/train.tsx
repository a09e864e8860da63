/** Starts a run: which version, on what data, how, where; with what it will take before anything is spent. */

import { Layers } from "lucide-react";
import { useQuery } from "urql";
import { refusalOf } from "../gateway/outcome.js";
import { ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { Empty, Loading, Trouble } from "../ui/states.js";
import { MACHINES, NETWORK, type Network, type Version } from "./queries.js";
import { TrainForm } from "./trainForm.js";
import { useData } from "./useData.js";

export default function TrainPage({ id }: { id: string }) {
  const [{ data, error }, again] = useQuery({ query: NETWORK, variables: { id } });
  const retry = () => again({ requestPolicy: "network-only" });
  if (data?.architecture) return <OfNetwork network={data.architecture} versions={data.versions.nodes} />;
  if (!data && !error) return <Loading label="Opening the train page" />;
  return (
    <Frame title="Train">
      <Trouble onRetry={retry}>{error ? refusalOf(error).message : "there is no such network"}</Trouble>
    </Frame>
  );
}

function OfNetwork({ network, versions }: { network: Network; versions: readonly Version[] }) {
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
        <NothingSaved network={network} />
      ) : data && machines ? (
        <TrainForm
          network={network}
          versions={versions}
          datasets={data.datasets.nodes}
          builtins={data.builtins}
          machines={machines}
          onMade={() => again({ requestPolicy: "network-only" })}
        />
      ) : problem ? null : (
        <Loading label="Loading data and devices" />
      )}
    </Frame>
  );
}

function NothingSaved({ network }: { network: Network }) {
  return (
    <Empty
      icon={<Layers size={24} />}
      title="No version is saved yet"
      action={
        <ButtonLink look="primary" href={`/architectures/${network.id}`}>
          Open the editor
        </ButtonLink>
      }
    >
      A run trains a saved version, so that it can be trained again exactly. Save one in the editor, then come back.
    </Empty>
  );
}
