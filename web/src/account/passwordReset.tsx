/** A forgotten password: a link by mail, and the page that it opens. The token comes behind the address's `#`. */

import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { Link } from "wouter";
import { Refused, Unreachable } from "../gateway/auth.js";
import { PasswordField } from "../pages/passwordField.js";
import { Brand } from "../ui/brand.js";
import { Button } from "../ui/button.js";
import { TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { forgotPassword, resetPassword } from "./doors.js";

export default function PasswordReset({ forgotten }: { forgotten: boolean }) {
  return forgotten ? <Forgotten /> : <Reset />;
}

function Forgotten() {
  const { done, busy, problem, submit } = useForm(({ email = "" }) => forgotPassword(email));
  return (
    <Page title="Forgot your password?">
      {done ? (
        <p role="status" className="text-muted text-pretty">
          If an account has this address, a link to set a new password is on its way. It is good for an hour. Nothing
          there? Look among the spam, or check the address.
        </p>
      ) : (
        <form onSubmit={submit} noValidate className="grid gap-4" aria-label="Forgot your password?">
          <TextField
            label="E-mail"
            name="email"
            type="email"
            inputMode="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            help="A link to set a new one is mailed to it."
          />
          {problem ? <Trouble>{problem}</Trouble> : null}
          <Button type="submit" look="primary" busy={busy} className="sm:min-h-11">
            Mail me a link
          </Button>
        </form>
      )}
    </Page>
  );
}

function Reset() {
  const [token] = useState(() => location.hash.slice(1));
  useEffect(() => history.replaceState(history.state, "", location.pathname), []); // no history keeps it
  const { done, busy, problem, submit } = useForm(({ password = "" }) => resetPassword(token, password));
  return (
    <Page title="Set a new password">
      {done ? (
        <p role="status" className="text-muted text-pretty">
          The password is set, and all your devices are signed out. Sign in with it now.
        </p>
      ) : (
        <form onSubmit={submit} noValidate className="grid gap-4" aria-label="Set a new password">
          <PasswordField label="New password" autoComplete="new-password" help="10 characters or more." />
          {problem ? <Trouble>{problem}</Trouble> : null}
          <Button type="submit" look="primary" busy={busy} className="sm:min-h-11">
            Set password
          </Button>
        </form>
      )}
    </Page>
  );
}

function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto grid min-h-dvh w-full max-w-sm content-start gap-8 px-5 py-5">
      <title>{`${title} · NeuralForge`}</title>
      <header className="flex items-center gap-2.5">
        <Brand />
      </header>
      <main className="grid gap-7">
        <h1 className="text-3xl font-semibold tracking-tight text-balance">{title}</h1>
        {children}
        <Link
          href="/sign-in"
          className="inline-flex min-h-11 items-center justify-self-start rounded text-sm font-medium text-accent-text hover:underline sm:min-h-0"
        >
          Back to signing in
        </Link>
      </main>
    </div>
  );
}

function useForm(act: (given: Readonly<Record<string, string>>) => Promise<void>) {
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, `${value}`]));
    setBusy(true);
    setProblem(null);
    try {
      await act(given);
      setDone(true);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      setProblem(error.message);
    }
    setBusy(false);
  };
  return { done, busy, problem, submit };
}
