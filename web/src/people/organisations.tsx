/** The organisations one is in: to work in another, and to make one. */

import { Plus } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { command, sentence } from "../gateway/outcome.js";
import { switchTo } from "../gateway/session.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { NameDialog } from "../ui/nameDialog.js";
import { Badge, Trouble } from "../ui/states.js";
import { CREATE_ORGANISATION, type OrganisationRow } from "./queries.js";
import { ROLE_NAMES } from "./roles.js";

export function Organisations({ organisations }: { organisations: readonly OrganisationRow[] }) {
  const client = useClient();
  const [making, setMaking] = useState(false);
  const { send, under, trouble } = useCommand((id: string) => switchTo(id));
  const create = async (name: string, key: string) => {
    const { id } = await command(client, CREATE_ORGANISATION, { name, key }, "createOrganisation");
    await switchTo(id, "/organisation");
  };
  return (
    <Card
      title="Your organisations"
      actions={
        <Button onClick={() => setMaking(true)}>
          <Plus size={16} aria-hidden="true" /> New
        </Button>
      }
    >
      <ul className="grid min-w-0 grid-cols-1 gap-1" aria-label="Your organisations">
        {organisations.map(({ id, name, role, personal }, at) => (
          <li key={id} className="flex min-h-11 items-center gap-3">
            <span className="min-w-0 grow">
              <span className="block truncate text-sm font-medium" dir="auto" title={name}>
                {name}
              </span>
              <span className="block text-xs text-muted">
                {ROLE_NAMES[role]}
                {personal ? ", personal" : ""}
              </span>
            </span>
            {at === 0 ? (
              <Badge tone="accent">You are here</Badge>
            ) : (
              <Button look="quiet" aria-label={`Switch to ${name}`} busy={under === id} onClick={() => void send(id)}>
                Switch
              </Button>
            )}
          </li>
        ))}
      </ul>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      {making ? (
        <NameDialog title="New organisation" action="Create" onName={create} onClose={() => setMaking(false)} />
      ) : null}
    </Card>
  );
}
