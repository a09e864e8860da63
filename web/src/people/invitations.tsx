/** Who is invited and has not answered yet; and inviting somebody. */

import { MailPlus } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { day } from "../format/figures.js";
import { command, sentence } from "../gateway/outcome.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Badge, Skeleton, Trouble } from "../ui/states.js";
import { InviteDialog } from "./inviteDialog.js";
import { INVITATIONS, type InvitationRow, OF_INVITATIONS, RESEND_INVITATION, REVOKE_INVITATION } from "./queries.js";
import { ROLE_NAMES, type Role } from "./roles.js";
import { type Sent, SentNote } from "./sentNote.js";

export function Invitations({ role }: { role: Role }) {
  const { data, trouble, retry } = useAnswer({ query: INVITATIONS, variables: {}, context: OF_INVITATIONS });
  const [inviting, setInviting] = useState(0);
  const [open, setOpen] = useState(false);
  const invite = () => {
    setInviting(inviting + 1);
    setOpen(true);
  };
  return (
    <Card
      title="Invitations"
      actions={
        <Button look="primary" onClick={invite}>
          <MailPlus size={16} aria-hidden="true" /> Invite
        </Button>
      }
    >
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
      {data ? <List invitations={data.invitations} /> : trouble ? null : <Skeleton />}
      {open ? <InviteDialog key={inviting} role={role} onClose={() => setOpen(false)} /> : null}
    </Card>
  );
}

function List({ invitations }: { invitations: readonly InvitationRow[] }) {
  if (invitations.length === 0) {
    return <p className="text-sm text-muted">Nobody is waiting for an answer. Invite those you want to work with.</p>;
  }
  return (
    <ul className="grid min-w-0 grid-cols-1 divide-y divide-line" aria-label="Invitations">
      {invitations.map((invitation) => (
        <Row key={invitation.id} {...invitation} />
      ))}
    </ul>
  );
}

function Row({ id, email, role, expiresAt }: InvitationRow) {
  const client = useClient();
  const [sent, setSent] = useState<Sent | null>(null);
  const expired = Date.parse(expiresAt) <= Date.now();
  const resend = useCommand(
    (_: null, key) => command(client, RESEND_INVITATION, { id, key }, "resendInvitation"),
    setSent,
  );
  const revoke = useCommand((_: null, key) => command(client, REVOKE_INVITATION, { id, key }, "revokeInvitation"));
  const trouble = resend.trouble ?? revoke.trouble;
  return (
    <li className="grid grid-cols-1 gap-2 py-2.5 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="min-w-0 grow basis-48">
          <p className="truncate text-sm font-medium" title={email}>
            {email}
          </p>
          <p className="text-xs text-muted">
            {ROLE_NAMES[role]} {expired ? null : `· open until ${day(expiresAt)}`}
          </p>
        </div>
        {expired ? <Badge tone="warn">Expired</Badge> : null}
        <div className="-mx-4 flex">
          <Button
            look="quiet"
            aria-label={`Send the invitation to ${email} again`}
            busy={resend.busy}
            onClick={() => void resend.send(null)}
          >
            Send again
          </Button>
          <Button
            look="quiet"
            aria-label={`Revoke the invitation to ${email}`}
            busy={revoke.busy}
            onClick={() => void revoke.send(null)}
          >
            Revoke
          </Button>
        </div>
      </div>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      {sent ? <SentNote {...sent} /> : null}
    </li>
  );
}
