/** The form to sign in, or up: what is wrong stands at the field it belongs to. */

import { type FormEvent, useState } from "react";
import { Refused, Unreachable } from "../gateway/auth.js";
import { logIn, register } from "../gateway/session.js";
import { Button } from "../ui/button.js";
import { TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { PasswordField } from "./passwordField.js";

type Problems = Readonly<Record<string, string>>;

/** What concerns no field. */
const WHOLE = "";
const FIELDS = ["name", "email", "password"];
const MISSING: Problems = {
  name: "write how you want to be called",
  email: "write your e-mail address",
  password: "write your password",
};

export function SignInForm({ joining }: { joining: boolean }) {
  const { problems, busy, submit, clear } = useSignIn(joining);
  return (
    <form
      onSubmit={submit}
      onChange={clear}
      noValidate
      className="grid gap-4"
      aria-label={joining ? "Sign up" : "Sign in"}
    >
      {joining ? (
        <TextField label="Name" name="name" autoComplete="name" maxLength={100} problem={problems.name} />
      ) : null}
      <TextField
        label="E-mail"
        name="email"
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        problem={problems.email}
      />
      <PasswordField
        autoComplete={joining ? "new-password" : "current-password"}
        help={joining ? "10 characters or more." : undefined}
        problem={problems.password}
      />
      {problems[WHOLE] ? <Trouble>{problems[WHOLE]}</Trouble> : null}
      <Button type="submit" look="primary" busy={busy} className="mt-1 sm:min-h-11">
        {joining ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}

function useSignIn(joining: boolean) {
  const [problems, setProblems] = useState<Problems>({});
  const [busy, setBusy] = useState(false);
  const show = (form: HTMLFormElement, found: Problems) => {
    setProblems(found);
    const first = FIELDS.find((name) => found[name]);
    if (first) focus(form, first);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const said = (name: string) => String(given.get(name) ?? "");
    const missing = FIELDS.filter((name) => given.has(name) && said(name).trim() === "");
    if (missing.length > 0) return show(form, Object.fromEntries(missing.map((name) => [name, MISSING[name] ?? ""])));
    setBusy(true);
    const [email, password] = [said("email"), said("password")];
    const opening = joining ? register(email, password, said("name")) : logIn(email, password);
    await opening.catch((error) => show(form, problemsOf(error)));
    setBusy(false);
  };
  return { problems, busy, submit, clear: () => setProblems({}) };
}

function focus(form: HTMLFormElement, name: string): void {
  (form.elements.namedItem(name) as HTMLInputElement | null)?.focus();
}

function problemsOf(error: unknown): Problems {
  if (error instanceof Refused)
    return { [error.field && FIELDS.includes(error.field) ? error.field : WHOLE]: error.message };
  if (error instanceof Unreachable) return { [WHOLE]: error.message };
  throw error;
}
