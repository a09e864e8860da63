/** API keys: what programs act for people with. */

import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { ago, day } from "../format/figures.js";
import { command } from "../gateway/outcome.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Button } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { Empty, Loading, Trouble } from "../ui/states.js";
import { usePeople } from "../versions/usePeople.js";
import { Confirm } from "./confirm.js";
import { KeyDialog } from "./keyDialog.js";
import { KEYS, type KeyRow, OF_KEYS, OF_ORGANISATIONS, ORGANISATIONS, PROJECT_NAMES, REVOKE_KEY } from "./queries.js";
import { ROLE_NAMES } from "./roles.js";

export default function KeysPage() {
  const { data, trouble, retry } = useAnswer({ query: KEYS, variables: {}, context: OF_KEYS });
  const { data: place } = useAnswer({ query: ORGANISATIONS, variables: {}, context: OF_ORGANISATIONS });
  const { data: known } = useAnswer({ query: PROJECT_NAMES, variables: {} });
  const [making, setMaking] = useState(0);
  const [open, setOpen] = useState(false);
  const present = place?.organisations[0];
  const projects = known?.projects.nodes ?? [];
  const make = present ? (
    <Button
      look="primary"
      onClick={() => {
        setMaking(making + 1);
        setOpen(true);
      }}
    >
      <Plus size={18} aria-hidden="true" /> New key
    </Button>
  ) : null;
  const none = data?.apiKeys.length === 0;
  if (!data && !trouble) return <Loading label="Opening the API keys" />;
  return (
    <Frame
      title="API keys"
      crumbs={[{ label: "Projects", href: "/" }, { label: "API keys" }]}
      actions={none ? null : make}
    >
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
      {none ? (
        <Empty icon={<KeyRound />} title="No keys yet" action={make}>
          With a key a program works for you in {present?.name ?? "this organisation"}: a build server, a notebook, a
          script. It can do no more than you can, and less if you say so.
        </Empty>
      ) : (
        <List keys={data?.apiKeys ?? []} projects={projects} />
      )}
      {open && present ? (
        <KeyDialog key={making} organisation={present} projects={projects} onClose={() => setOpen(false)} />
      ) : null}
    </Frame>
  );
}

interface Named {
  readonly id: string;
  readonly name: string;
}

function List({ keys, projects }: { keys: readonly KeyRow[]; projects: readonly Named[] }) {
  const nameOf = usePeople(keys.map(({ userId }) => userId));
  return (
    <ul className="grid min-w-0 grid-cols-1 gap-3" aria-label="API keys">
      {keys.map((key) => (
        <Row
          key={key.id}
          of={key}
          owner={nameOf(key.userId)}
          project={key.projectId && (projects.find(({ id }) => id === key.projectId)?.name ?? "one project")}
        />
      ))}
    </ul>
  );
}

function Row({ of, owner, project }: { of: KeyRow; owner: string; project: string | null }) {
  const client = useClient();
  const [revoking, setRevoking] = useState(false);
  const revoke = async (key: string) => {
    await command(client, REVOKE_KEY, { id: of.id, key }, "revokeApiKey");
  };
  const facts = [
    owner === "you" ? "yours" : `of ${owner}`,
    project ? `${ROLE_NAMES[of.role]} in ${project}` : ROLE_NAMES[of.role],
    of.lastUsedAt ? `used ${ago(of.lastUsedAt)}` : "never used",
    of.expiresAt ? `until ${day(of.expiresAt)}` : "no end",
  ];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card border border-line bg-surface p-4">
      <div className="min-w-0 grow basis-56">
        <p className="truncate font-medium" dir="auto" title={of.name}>
          {of.name}
        </p>
        <p className="text-sm break-words text-muted" dir="auto">
          {facts.join(" · ")}
        </p>
      </div>
      <code className="text-xs text-muted">nf_{of.id.slice(0, 6)}…</code>
      <Button look="danger" aria-label={`Revoke the key ${of.name}`} onClick={() => setRevoking(true)}>
        Revoke
      </Button>
      {revoking ? (
        <Confirm title={`Revoke ${of.name}?`} action="Revoke" act={revoke} onClose={() => setRevoking(false)}>
          Programs that use this key stop working within five minutes. It cannot be brought back.
        </Confirm>
      ) : null}
    </li>
  );
}
