/** The links to a project that are in force, and making one. */

import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { day } from "../format/figures.js";
import { command, sentence } from "../gateway/outcome.js";
import { useSession } from "../gateway/session.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { SelectField, TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { CREATE_LINK, type LinkRow, REVOKE_LINK } from "./queries.js";
import { LostSecret, Secret } from "./secret.js";

const TIMES = [7, 30, 90];

interface Props {
  readonly project: string;
  readonly links: readonly LinkRow[];
  /** Whether all of them are one's to revoke, and not only those one made. */
  readonly own: boolean;
}

export function ShareLinks({ project, links, own }: Props) {
  const me = useSession(({ user }) => user?.id);
  return (
    <section className="grid min-w-0 grid-cols-1 gap-3" aria-labelledby="share-links">
      <h3 id="share-links" className="text-sm font-medium">
        Links that show it, read-only
      </h3>
      {links.length === 0 ? (
        <p className="text-sm text-muted">None. Make one for somebody without an account.</p>
      ) : (
        <ul className="grid min-w-0 grid-cols-1 divide-y divide-line" aria-label="Links">
          {links.map((link) => (
            <Row key={link.id} {...link} own={own || link.createdBy === me} />
          ))}
        </ul>
      )}
      <NewLink project={project} />
    </section>
  );
}

function Row({ id, label, expiresAt, own }: LinkRow & { own: boolean }) {
  const client = useClient();
  const { send, busy, trouble } = useCommand((_: null, key) =>
    command(client, REVOKE_LINK, { id, key }, "revokeShareLink"),
  );
  return (
    <li className="grid grid-cols-1 gap-2 py-1">
      <div className="flex min-h-11 items-center gap-3">
        <div className="min-w-0 grow">
          <p className="truncate text-sm" dir="auto" title={label}>
            {label}
          </p>
          <p className="text-xs text-muted">until {day(expiresAt)}</p>
        </div>
        {own ? (
          <Button look="quiet" aria-label={`Revoke the link for ${label}`} busy={busy} onClick={() => void send(null)}>
            Revoke
          </Button>
        ) : null}
      </div>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
    </li>
  );
}

function NewLink({ project }: { project: string }) {
  const client = useClient();
  const [label, setLabel] = useState("");
  const [days, setDays] = useState(30);
  const [made, setMade] = useState<{ readonly token: string | null } | null>(null);
  const { send, busy, trouble } = useCommand(
    (asked: { label: string; days: number }, key) =>
      command(client, CREATE_LINK, { project, ...asked, key }, "createShareLink"),
    (answer) => {
      setMade(answer);
      setLabel("");
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ label: label.trim(), days });
  };
  return (
    <form onSubmit={submit} noValidate className="grid grid-cols-1 gap-3">
      <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
        <TextField
          label="For whom?"
          value={label}
          maxLength={100}
          autoComplete="off"
          dir="auto"
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        <SelectField
          label="How long"
          value={days}
          onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
        >
          {TIMES.map((each) => (
            <option key={each} value={each}>
              {each} days
            </option>
          ))}
        </SelectField>
      </div>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <Button type="submit" className="justify-self-start" busy={busy} disabled={label.trim() === ""}>
        Make a link
      </Button>
      {made ? (
        made.token === null ? (
          <LostSecret what="link" />
        ) : (
          <Secret label="Link" value={`${location.origin}/shared#${made.token}`}>
            Copy it now: it is shown only this once. Whoever has it sees the project until it expires or is revoked.
          </Secret>
        )
      ) : null}
    </form>
  );
}
