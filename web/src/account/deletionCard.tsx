/** The end of an account: what it takes along is said before, and what stands in the way. */

import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { command, Refusal, sentence } from "../gateway/outcome.js";
import { logOut } from "../gateway/session.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
import { PasswordField } from "../pages/passwordField.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Dialog } from "../ui/dialog.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { DELETE_ACCOUNT, DELETION } from "./queries.js";

export function DeletionCard() {
  const [open, setOpen] = useState(false);
  return (
    <Card title="Delete the account" hint="Your e-mail address and name become unreadable for ever, for us too.">
      <div>
        <Button look="danger" onClick={() => setOpen(true)}>
          Delete my account…
        </Button>
      </div>
      {open ? (
        <Dialog open onClose={() => setOpen(false)} title="Delete your account?">
          <Foreseen onClose={() => setOpen(false)} />
        </Dialog>
      ) : null}
    </Card>
  );
}

function Foreseen({ onClose }: { onClose: () => void }) {
  const asked = { query: DELETION, variables: {}, requestPolicy: "network-only" } as const;
  const { data, trouble, retry } = useAnswer(asked);
  if (trouble) return <Trouble onRetry={retry}>{trouble}</Trouble>;
  if (!data) return <Skeleton className="h-32" />;
  const { deletedProjects, obstacles, needsPassword, left } = data.accountDeletion;
  const projects = deletedProjects === 1 ? "1 project" : `${deletedProjects} projects`;
  return (
    <div className="grid gap-4 pt-2">
      <ul className="grid list-disc gap-1.5 pl-5 text-sm">
        <li>Your personal organisation goes, with {deletedProjects ? `its ${projects} and ` : ""}everything in it.</li>
        {left.length ? (
          <li dir="auto" className="break-words">
            You leave {left.map(({ name }) => name).join(", ")}. What you made there stays, as a deleted person's.
          </li>
        ) : null}
        <li>You are signed out on all devices, and your API keys end. Nobody can bring any of this back.</li>
      </ul>
      {obstacles.length ? (
        <>
          <Trouble>{`First: ${obstacles.join("; ")}.`}</Trouble>
          <div className="flex justify-end">
            <Button onClick={onClose}>Close</Button>
          </div>
        </>
      ) : (
        <Final needsPassword={needsPassword} onClose={onClose} />
      )}
    </div>
  );
}

function Final({ needsPassword, onClose }: { needsPassword: boolean; onClose: () => void }) {
  const client = useClient();
  const { send, busy, trouble, drop } = useCommand(
    ({ password }: { password: string }, key) => command(client, DELETE_ACCOUNT, { password, key }, "deleteAccount"),
    () => void forgetAll(),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void send({ password: String(new FormData(event.currentTarget).get("password") ?? "") });
  };
  const wrong = trouble instanceof Refusal && trouble.field === "password" ? trouble.message : undefined;
  return (
    <form onSubmit={submit} onChange={drop} className="grid gap-4" aria-label="Delete the account">
      {needsPassword ? <PasswordField autoComplete="current-password" problem={wrong} /> : null}
      {trouble && !wrong ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="danger" busy={busy}>
          Delete for ever
        </Button>
      </div>
    </form>
  );
}

/** What this device kept of the person goes too. */
async function forgetAll(): Promise<void> {
  await import("../canvas/keeping.js").then(({ forget }) => forget()).catch(() => {});
  await logOut();
}
