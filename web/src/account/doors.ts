/** The ways in beside the password: other providers, and a link by mail. */

import { Refused, Unreachable } from "../gateway/auth.js";
import { freshToken } from "../gateway/session.js";
import { CLIENT } from "../gateway/settings.js";

const NAMES: Readonly<Record<string, string>> = { google: "Google", github: "GitHub" };
const TROUBLES: Readonly<Record<string, string>> = {
  LINK_FIRST:
    "An account here has this e-mail address already. Sign in with its password; on the page Account you can then link the provider.",
  CANCELLED: "You did not sign in there. Try again, or use your password.",
  REJECTED: "The provider has not verified an e-mail address of yours. Verify one there, then try again.",
  UNAUTHENTICATED: "The provider did not confirm this sign-in, or it took too long. Try again.",
  ALREADY_EXISTS:
    "That account is linked with another person's here, or another of that provider with yours. Unlink it first.",
  TOO_MANY_ATTEMPTS: "Too many attempts to sign in from your network. Wait a minute, then try again.",
  UNAVAILABLE: "The provider does not answer. Try again in a moment, or sign in another way.",
};

/** A provider as people know it. */
export function nameOf(provider: string): string {
  return NAMES[provider] ?? provider;
}

/** The sentence for what went wrong on the way through a provider; null where nothing did. */
export function troubleIn(search: string): string | null {
  const code = new URLSearchParams(search).get("trouble");
  return code && (TROUBLES[code] ?? "Signing in there did not work. Try again, or use your password.");
}

/** The providers that are set up; none without a connection. */
export async function providers(): Promise<readonly string[]> {
  if (!navigator.onLine) return [];
  try {
    const { providers } = await (await fetch("/auth/providers", { signal: AbortSignal.timeout(10_000) })).json();
    return providers;
  } catch {
    return []; // the password's form beside them says what is wrong, once it is used
  }
}

/** Where to go to link an account at a provider. Throws Refused or Unreachable. */
export async function linkAddress(provider: string): Promise<string> {
  const authorization = `Bearer ${await freshToken()}`;
  const answer = await post(`oauth/${provider}/link`, {}, { authorization });
  return (await answer.json()).authorization_url;
}

/** Mails a link, if the address is of an account. Throws Refused or Unreachable. */
export async function forgotPassword(email: string): Promise<void> {
  await post("forgot-password", { email });
}

/** Sets the password by the mailed link's token. Throws Refused or Unreachable. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await post("reset-password", { token, password });
}

async function post(what: string, body: object, more: Record<string, string> = {}): Promise<Response> {
  const headers = { "content-type": "application/json", "x-nf-client": CLIENT, ...more };
  const request = { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) };
  const response = await fetch(`/auth/${what}`, request).catch(() => {
    throw new Unreachable();
  });
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({ error: null }));
  if (!error) throw new Unreachable();
  throw new Refused(response.status, error.code, error.message, error.field);
}
