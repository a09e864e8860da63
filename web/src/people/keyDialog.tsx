/** Makes an API key: what it is for, what it may do, where, and how long. */

import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { command, Refusal, sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { SelectField, TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { CREATE_KEY, type OrganisationRow } from "./queries.js";
import { RoleField } from "./roleField.js";
import { type Role, rolesUpTo } from "./roles.js";
import { LostSecret, Secret } from "./secret.js";

interface Props {
  readonly organisation: OrganisationRow;
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly onClose: () => void;
}

interface Asked {
  readonly name: string;
  readonly role: Role;
  readonly project: string | null;
  readonly days: number;
}

const TIMES = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "A year" },
  { days: 0, label: "Until it is revoked" },
];

export function KeyDialog({ organisation, projects, onClose }: Props) {
  const client = useClient();
  const [asked, setAsked] = useState<Asked>({ name: "", role: "VIEWER", project: null, days: 90 });
  const [made, setMade] = useState<{ readonly secret: string | null } | null>(null);
  const { send, busy, trouble, drop } = useCommand(
    (wanted: Asked, key) => command(client, CREATE_KEY, { ...wanted, key }, "createApiKey"),
    setMade,
  );
  const change = (part: Partial<Asked>) => {
    setAsked({ ...asked, ...part });
    drop();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ ...asked, name: asked.name.trim() });
  };
  const atName = trouble instanceof Refusal && trouble.field === "name";
  if (made) {
    return (
      <Dialog open onClose={onClose} title="The key is made">
        <div className="grid gap-4 pt-2">
          {made.secret === null ? (
            <LostSecret what="key" />
          ) : (
            <Secret label="API key" value={made.secret}>
              Copy it now: it is shown only this once, and kept nowhere. Whoever has it acts for you.
            </Secret>
          )}
          <Button className="justify-self-end" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title="New API key">
      <form onSubmit={submit} noValidate className="grid gap-4 pt-2">
        <TextField
          label="What is it for?"
          value={asked.name}
          maxLength={100}
          autoComplete="off"
          dir="auto"
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
          problem={atName ? trouble.message : null}
        />
        <RoleField roles={rolesUpTo(organisation.role)} value={asked.role} onChange={(role) => change({ role })} />
        <SelectField
          label="Where"
          value={asked.project ?? ""}
          onChange={({ currentTarget }) => change({ project: currentTarget.value || null })}
        >
          <option value="">All you can see in {organisation.name}</option>
          {projects.map(({ id, name }) => (
            <option key={id} value={id}>
              Only {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="How long"
          value={asked.days}
          onChange={({ currentTarget }) => change({ days: Number(currentTarget.value) })}
        >
          {TIMES.map(({ days, label }) => (
            <option key={days} value={days}>
              {label}
            </option>
          ))}
        </SelectField>
        {trouble && !atName ? <Trouble>{sentence(trouble)}</Trouble> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy} disabled={asked.name.trim() === ""}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
