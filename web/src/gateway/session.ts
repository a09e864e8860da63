/**
 * Who is signed in. The access token lives in memory alone; the refresh token in a cookie no script can read.
 *
 * Who it was is remembered, so that a reload without a connection still opens what this device keeps. Tabs refresh one
 * after another, as each refresh replaces the cookie that all of them share. A page is one person's for as long as it
 * lives, in one organisation: for any other it starts anew, so that nothing of one is ever seen by another, or sent in
 * another's name. A guest is one in a single tab, which forgets who else is signed in for as long.
 */

import { createStore, useStore } from "zustand";
import * as auth from "./auth.js";
import { enterAnew, leave, owed, settle } from "./leaving.js";
import { inTurn } from "./turns.js";
import { credential, forgetVisit } from "./visit.js";

/** `unknown` until the first refresh has been answered; `in` may be offline, with an account remembered. */
export type Status = "unknown" | "in" | "out";

interface Session {
  readonly status: Status;
  readonly user: auth.Person | null;
  readonly organisation: auth.Opened["organisation"] | null;
  /** Null until the gateway has told it. */
  readonly role: auth.Role | null;
  /** Somebody without a session, who may look at one project. */
  readonly guest: boolean;
}

/** As it is remembered; what earlier studios remembered has no role. */
type Account = Pick<auth.Opened, "user" | "organisation"> & Partial<Pick<auth.Opened, "role">>;

interface Token {
  readonly text: string;
  readonly expires: number;
}

const REMEMBERED = "nf.account";
const EARLY_MS = 30_000;
const OUT: Session = { status: "out", user: null, organisation: null, role: null, guest: false };
const GUEST: auth.Person = { id: "guest", email: "", name: "Guest" };

export const session = createStore<Session>(() => ({ ...OUT, status: "unknown" }));
let token: Token | null = null;
/** Whose page this is and in which organisation, since there first was somebody. */
let owner: string | null = null;
let refreshing: Promise<void> | null = null;

export function useSession<Part>(part: (session: Session) => Part): Part {
  return useStore(session, part);
}

/** Finds out whether this browser has a session; offline, whom it remembers. Never throws. */
export async function restore(): Promise<void> {
  if (credential()) return look();
  if (owed()) {
    end();
    return settle();
  }
  const remembered = returned() ? undefined : recalled();
  if (remembered === null) return end();
  if (remembered) enter(remembered);
  await renew().catch(() => {
    if (!remembered) end();
  });
}

/** Whether this is the way back from another provider, which opened a session that nobody here remembers yet. */
function returned(): boolean {
  return new URLSearchParams(location.search).has("returned");
}

/** Throws Refused with what is wrong, Unreachable without a connection. */
export async function logIn(email: string, password: string): Promise<void> {
  begin(await enterAnew(() => auth.logIn(email, password)));
}

/** Throws Refused with what is wrong, Unreachable without a connection. */
export async function register(email: string, password: string, name: string): Promise<void> {
  begin(await enterAnew(() => auth.register(email, password, name)));
}

/** Goes on in another organisation, in one's own where no id is given; all tabs do. Throws as `logIn`. */
export async function switchTo(organisation: string, page = "/"): Promise<void> {
  const { user, organisation: opened, role } = await inTurn(() => auth.refresh(organisation));
  remember({ user, organisation: opened, role });
  location.assign(page);
}

/** Leaves, on the server too as soon as it can be reached. The page loads anew, so that nothing of it stays in memory. */
export async function logOut(): Promise<void> {
  await leave();
  end();
  location.assign("/sign-in");
}

/** The token as it stands, null where there is none or it is about to expire. */
export function currentToken(): string | null {
  return token && Date.now() < token.expires - EARLY_MS ? token.text : null;
}

/** A token that is good for a while. Throws Refused where the session is over, Unreachable without a connection. */
export async function freshToken(): Promise<string> {
  if (currentToken() === null) await renew();
  if (token === null) throw over();
  return token.text;
}

/** Gets a new token; all who ask meanwhile share the answer. A session that is over ends here. */
export function renew(): Promise<void> {
  if (session.getState().status === "out") return Promise.reject(over());
  refreshing ??= renewed()
    .catch((error) => {
      if (error instanceof auth.Refused && error.status === 401) end();
      throw error;
    })
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

async function renewed(): Promise<void> {
  const guest = credential();
  if (guest) beginVisit(await auth.exchange(guest));
  else begin(await inTurn(refreshed));
}

/** In the organisation one works in; where one is no member any more, in one's own. */
async function refreshed(): Promise<auth.Opened> {
  try {
    return await auth.refresh(session.getState().organisation?.id);
  } catch (error) {
    if (error instanceof auth.Refused && error.code === "NOT_A_MEMBER") return auth.refresh();
    throw error;
  }
}

/** As a guest. Without a connection the pages say so. */
async function look(): Promise<void> {
  session.setState({ status: "in", user: GUEST, role: "viewer", guest: true });
  await renew().catch(() => {});
}

function beginVisit({ access_token, expires_in, organisation, role }: auth.Visit): void {
  token = { text: access_token, expires: Date.now() + expires_in * 1000 };
  session.setState({ status: "in", user: GUEST, organisation, role, guest: true });
}

function begin({ access_token, expires_in, user, organisation, role }: auth.Opened): void {
  remember({ user, organisation, role });
  if (owner !== null && owner !== place({ user, organisation })) startAnew();
  else {
    token = { text: access_token, expires: Date.now() + expires_in * 1000 };
    enter({ user, organisation, role });
  }
}

function enter({ user, organisation, role }: Account): void {
  owner = place({ user, organisation });
  session.setState({ status: "in", user, organisation, role: role ?? null });
}

function place({ user, organisation }: Account): string {
  return `${user.id} ${organisation?.id}`;
}

/** A guest who is gone signs nobody out. */
function end(): void {
  token = null;
  const { guest } = session.getState();
  session.setState(OUT);
  if (guest) forgetVisit();
  else remember(null);
}

/** Somebody else: what this page has in memory is not theirs, and it has no token until it is gone. */
function startAnew(): void {
  token = null;
  session.setState({ ...OUT, status: "unknown" });
  location.reload();
}

function over(): auth.Refused {
  return new auth.Refused(401, "UNAUTHENTICATED", "you are signed out; sign in to go on", null);
}

/** Where an account cannot be remembered none is, rather than the one before. */
function remember(account: Account | null): void {
  try {
    if (account) localStorage.setItem(REMEMBERED, JSON.stringify(account));
    else localStorage.removeItem(REMEMBERED);
  } catch {
    if (account) remember(null);
  }
}

/** Null where nobody is remembered; undefined where nobody can be, as storage is closed. */
function recalled(): Account | null | undefined {
  try {
    const account = JSON.parse(localStorage.getItem(REMEMBERED) ?? "null");
    return account?.user?.id ? account : null;
  } catch {
    return undefined;
  }
}

/** All tabs share one session: another signed out meanwhile, or in as somebody else. */
function follow(): void {
  const { guest, user, organisation } = session.getState();
  const account = recalled();
  if (guest || account === undefined) return;
  const here = user && organisation ? place({ user, organisation }) : null;
  if ((account ? place(account) : null) !== here) startAnew();
}

addEventListener("storage", ({ key }) => {
  if (key === REMEMBERED || key === null) follow();
});
/** A page that the browser had put aside has missed what other tabs did. */
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) follow();
});
