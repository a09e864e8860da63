/**
 * An invitation, as its link opens it: signed in or not. The token comes behind the address's `#` and is put away in
 * this tab, so that it outlives signing in and stands in no history.
 */

import { MailOpen } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { day } from "../format/figures.js";
import type { ResultOf } from "../gateway/graphql.js";
import { command, sentence } from "../gateway/outcome.js";
import { logOut, switchTo, useSession } from "../gateway/session.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
import { Brand } from "../ui/brand.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Empty, Loading, Trouble } from "../ui/states.js";
import { ACCEPT_INVITATION, DECLINE_INVITATION, OFFER } from "./queries.js";
import { ROLE_MEANINGS, ROLE_NAMES } from "./roles.js";
import { takeFromAddress } from "./tokens.js";

type Offer = NonNullable<ResultOf<typeof OFFER>["invitation"]>;

export default function InvitationPage() {
  const [token] = useState(() => takeFromAddress("nf.invitation"));
  return (
    <div className="mx-auto grid min-h-dvh w-full max-w-lg content-start gap-8 px-5 py-5">
      <title>Invitation · NeuralForge</title>
      <header className="flex items-center gap-2.5">
        <Brand />
      </header>
      <main>{token ? <Offered token={token} /> : <Nothing />}</main>
    </div>
  );
}

function Offered({ token }: { token: string }) {
  const { data, trouble, retry } = useAnswer({ query: OFFER, variables: { token } });
  const [declined, setDeclined] = useState(false);
  if (declined) return <Nothing declined />;
  if (data && !data.invitation) return <Nothing />;
  if (trouble) return <Trouble onRetry={retry}>{trouble}</Trouble>;
  if (!data?.invitation) return <Loading label="Opening the invitation" />;
  return <Answering token={token} offer={data.invitation} onDeclined={() => setDeclined(true)} />;
}

function Answering({ token, offer, onDeclined }: { token: string; offer: Offer; onDeclined: () => void }) {
  const client = useClient();
  const user = useSession(({ user }) => user);
  const { email, role, expiresAt } = offer.invitation;
  const accept = useCommand(async (_: null, key) => {
    const { id } = await command(client, ACCEPT_INVITATION, { token, key }, "acceptInvitation");
    await switchTo(id);
  });
  const decline = useCommand(
    (_: null, key) => command(client, DECLINE_INVITATION, { token, key }, "declineInvitation"),
    onDeclined,
  );
  const trouble = accept.trouble ?? decline.trouble;
  return (
    <div className="grid gap-5 rounded-card border border-line bg-surface p-5">
      <h1 className="text-2xl font-semibold tracking-tight break-words" dir="auto">
        {offer.inviter} invites you to {offer.organisationName}
      </h1>
      <p className="text-sm text-pretty text-muted">
        For {email}, until {day(expiresAt)}. As {ROLE_NAMES[role]}: {ROLE_MEANINGS[role]}.
      </p>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      {user?.email === email ? (
        <Button look="primary" busy={accept.busy} onClick={() => void accept.send(null)}>
          Accept
        </Button>
      ) : user ? (
        <div className="grid gap-3">
          <p className="rounded-card bg-warn-soft p-4 text-sm break-words text-warn">
            You are signed in as {user.email}. Sign out, then open the link again and sign in as {email}.
          </p>
          <Button onClick={() => void logOut()}>Sign out</Button>
        </div>
      ) : (
        <div className="grid gap-2 sm:grid-cols-2">
          <ButtonLink look="primary" href="/sign-in?next=/invitation">
            Sign in
          </ButtonLink>
          <ButtonLink href="/sign-up?next=/invitation">Create an account</ButtonLink>
        </div>
      )}
      <Button look="quiet" busy={decline.busy} onClick={() => void decline.send(null)}>
        Decline
      </Button>
    </div>
  );
}

function Nothing({ declined = false }: { declined?: boolean }) {
  return (
    <Empty
      icon={<MailOpen />}
      title={declined ? "The invitation is declined" : "This invitation is not open"}
      action={<ButtonLink href="/">To NeuralForge</ButtonLink>}
    >
      {declined
        ? "Whoever invited you can invite you again."
        : "It was taken, declined, revoked or sent anew. Ask whoever invited you for another, and open its link."}
    </Empty>
  );
}
