/** The password: changed by who knows it; set for the first time by who signed in just now. */

import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { command, Refusal, sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { PasswordField } from "../pages/passwordField.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Trouble } from "../ui/states.js";
import { CHANGE_PASSWORD } from "./queries.js";

interface Asked {
  readonly present: string;
  readonly new: string;
}

export function PasswordCard({ present, email }: { present: boolean; email: string }) {
  const client = useClient();
  const [done, setDone] = useState(0);
  const { send, busy, trouble, drop } = useCommand(
    (asked: Asked, key) => command(client, CHANGE_PASSWORD, { ...asked, key }, "changePassword"),
    () => setDone(done + 1),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    void send({ present: String(given.get("present") ?? ""), new: String(given.get("new") ?? "") });
  };
  const at = (field: string) => (trouble instanceof Refusal && trouble.field === field ? trouble.message : undefined);
  const elsewhere = trouble && !at("presentPassword") && !at("newPassword") ? sentence(trouble) : null;
  return (
    <Card title="Password" hint="Changing it signs out your other devices.">
      <form key={done} onSubmit={submit} onChange={drop} className="grid max-w-sm gap-4" aria-label="Password">
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        {present ? (
          <PasswordField
            label="Present password"
            name="present"
            autoComplete="current-password"
            problem={at("presentPassword")}
          />
        ) : null}
        <PasswordField
          label="New password"
          name="new"
          autoComplete="new-password"
          help="10 characters or more."
          problem={at("newPassword")}
        />
        {elsewhere ? <Trouble>{elsewhere}</Trouble> : null}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" busy={busy}>
            {present ? "Change password" : "Set password"}
          </Button>
          <p role="status" className="text-sm text-good">
            {done && !trouble ? "The password is set." : ""}
          </p>
        </div>
      </form>
    </Card>
  );
}
