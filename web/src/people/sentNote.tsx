/** What became of an invitation that was sent: mailed, or to be handed over. */

import { LostSecret, Secret } from "./secret.js";

export interface Sent {
  readonly token: string | null;
  readonly mailed: boolean;
  readonly invitation: { readonly email: string };
}

export function SentNote({ token, mailed, invitation: { email } }: Sent) {
  if (token === null) return <LostSecret what="invitation" />;
  return (
    <Secret label="Invitation link" value={`${location.origin}/invitation#${token}`}>
      {mailed
        ? `The invitation is on its way to ${email}. You can hand over the link yourself too; it is shown only now.`
        : `The mail to ${email} could not be sent. Hand over this link yourself; it is shown only now.`}{" "}
      Only the account of that address can accept.
    </Secret>
  );
}
