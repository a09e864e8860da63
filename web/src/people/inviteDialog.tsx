/** Invites somebody by their e-mail address. */

import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { command, Refusal, sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { INVITE } from "./queries.js";
import { RoleField } from "./roleField.js";
import { type Role, rolesUpTo } from "./roles.js";
import { type Sent, SentNote } from "./sentNote.js";

export function InviteDialog({ role: own, onClose }: { role: Role; onClose: () => void }) {
  const client = useClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("MEMBER");
  const [sent, setSent] = useState<Sent | null>(null);
  const { send, busy, trouble, drop } = useCommand(
    (asked: { email: string; role: Role }, key) => command(client, INVITE, { ...asked, key }, "createInvitation"),
    setSent,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ email: email.trim(), role });
  };
  const atField = trouble instanceof Refusal && trouble.field === "email";
  return (
    <Dialog open onClose={onClose} title={sent ? "Invited" : "Invite somebody"}>
      {sent ? (
        <div className="grid gap-4 pt-2">
          <SentNote {...sent} />
          <Button className="justify-self-end" onClick={onClose}>
            Done
          </Button>
        </div>
      ) : (
        <form onSubmit={submit} noValidate className="grid gap-4 pt-2">
          <TextField
            label="E-mail"
            type="email"
            name="invited"
            autoComplete="off"
            inputMode="email"
            maxLength={254}
            value={email}
            onChange={({ currentTarget }) => {
              setEmail(currentTarget.value);
              drop();
            }}
            help="They get a link that is good for seven days. Without an account they can register with this address."
            problem={atField ? trouble.message : null}
          />
          <RoleField roles={rolesUpTo(own)} value={role} onChange={setRole} />
          {trouble && !atField ? <Trouble>{sentence(trouble)}</Trouble> : null}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" look="primary" busy={busy} disabled={email.trim() === ""}>
              Invite
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
