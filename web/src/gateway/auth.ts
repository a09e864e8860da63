/** Signing in and staying so, and looking in as a guest: the addresses under /auth. */

import { CLIENT } from "./settings.js";

export type Role = "viewer" | "member" | "admin" | "owner";

/** A session as the gateway answers it. The refresh token stays in its cookie, where no script can read it. */
export interface Opened {
  readonly access_token: string;
  readonly expires_in: number;
  readonly user: Person;
  readonly organisation: { readonly id: string; readonly name: string };
  /** In that organisation, or in the one project of a guest. */
  readonly role: Role;
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** The gateway answered, and refused: one sentence for people. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null,
  ) {
    super(message);
  }
}

/** The gateway did not answer. */
export class Unreachable extends Error {
  constructor() {
    super("NeuralForge cannot be reached; check the connection and try again");
  }
}

export const register = (email: string, password: string, name: string) =>
  opened("register", { email, password, name });
export const logIn = (email: string, password: string) => opened("login", { email, password });
/** For the organisation of that id, one's own where it is empty. */
export const refresh = (organisation_id = "") => opened("refresh", organisation_id ? { organisation_id } : {});

/** What lets a guest see one project. */
export type Credential = { readonly share_link: string } | { readonly public_project: string };

/** A guest's grant, for one project and without a session. */
export interface Visit extends Pick<Opened, "access_token" | "expires_in" | "organisation" | "role"> {
  readonly project: { readonly id: string };
}

export async function exchange(credential: Credential): Promise<Visit> {
  return (await (await post("exchange", credential)).json()) as Visit;
}

/** Ends the session on the server. */
export async function logOut(): Promise<void> {
  await post("logout");
}

async function opened(what: string, body?: object): Promise<Opened> {
  return (await (await post(what, body)).json()) as Opened;
}

async function post(what: string, body: object = {}): Promise<Response> {
  const headers = { "content-type": "application/json", "x-nf-client": CLIENT };
  const request = { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) };
  const response = await fetch(`/auth/${what}`, request).catch(() => {
    throw new Unreachable();
  });
  if (response.ok) return response;
  if (response.status >= 502) throw new Unreachable();
  const { error } = await response.json().catch(() => ({ error: {} }));
  const message = error?.message ?? `NeuralForge answered with status ${response.status}; try again in a moment`;
  throw new Refused(response.status, error?.code ?? "UNKNOWN", message, error?.field ?? null);
}
