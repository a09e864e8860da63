/**
 * What this device keeps of a drawing: the last confirmed revision, and batches the server has not taken yet.
 *
 * Each page keeps its own batches; what a page left behind is taken up by the next one that opens the drawing, in the
 * place where it lies. Everything is kept apart for each account, as several people may use one browser, and nothing
 * where nobody is signed in. Who signs out leaves only what was not sent: it would be lost otherwise.
 */

import { createStore, del, delMany, get, keys, set } from "idb-keyval";
import type { Plain } from "../gateway/graphql.js";
import { session } from "../gateway/session.js";
import { claim, page } from "./pages.js";

/** A confirmed drawing as it is kept. */
export interface Kept {
  readonly revision: number;
  readonly document: Plain;
  readonly name: string;
  readonly projectId: string;
  readonly latestVersion: number;
}

/** What a page had not sent yet, and the confirmed revision it was drawn on. */
export interface Unsent {
  readonly confirmed: Kept;
  readonly batches: Plain;
}

/** Where one page keeps what it knows of one drawing; false where this device keeps nothing, as some do in private. */
export interface Place {
  keep(kept: Kept): Promise<boolean>;
  /** Null for nothing. */
  keepUnsent(unsent: Unsent | null): Promise<boolean>;
}

/** What a page left behind that is gone now; the place is this page's, unless it lets go of it. */
export interface Left {
  readonly unsent: Unsent;
  readonly place: Place;
  letGo(): void;
}

const store = createStore("neuralforge", "drawings");

const NOWHERE: Place = { keep: async () => false, keepUnsent: async () => false };

/** The last revision of a drawing that was confirmed on this device. */
export async function kept(id: string): Promise<Kept | null> {
  const account = session.getState().user?.id;
  return account ? ((await read<Kept>(confirmedName(account, id))) ?? null) : null;
}

/** This page's place. */
export function placeHere(id: string): Place {
  const account = session.getState().user?.id;
  return account ? placeOf(account, id, page) : NOWHERE;
}

/** What pages left behind which are gone now, each for this page alone. */
export async function leftBehind(id: string): Promise<Left[]> {
  const account = session.getState().user?.id;
  if (!account) return [];
  const start = unsentName(account, id, "");
  const pages = (await names()).filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  const found = await Promise.all(pages.map((each) => takeUp(account, id, each)));
  return found.filter((left) => left !== null);
}

/** Nothing that was confirmed stays here of who is signed in. */
export async function forget(): Promise<void> {
  const account = session.getState().user?.id;
  if (!account) return;
  const confirmed = (await names()).filter((name) => name.startsWith(confirmedName(account, "")));
  await attempt(() => delMany(confirmed, store));
}

async function takeUp(account: string, id: string, left: string): Promise<Left | null> {
  const letGo = await claim(left);
  if (!letGo) return null;
  const unsent = await read<Unsent>(unsentName(account, id, left));
  if (unsent) return { unsent, place: placeOf(account, id, left), letGo };
  letGo();
  return null;
}

function placeOf(account: string, id: string, owner: string): Place {
  const [confirmed, unsent] = [confirmedName(account, id), unsentName(account, id, owner)];
  return {
    keep: (kept) => write(() => set(confirmed, kept, store)),
    keepUnsent: (left) => write(() => (left ? set(unsent, left, store) : del(unsent, store))),
  };
}

function confirmedName(account: string, id: string): string {
  return `${account}/confirmed/${id}`;
}

function unsentName(account: string, id: string, owner: string): string {
  return `${account}/unsent/${id}/${owner}`;
}

async function names(): Promise<string[]> {
  return (await attempt(() => keys<string>(store))) ?? [];
}

function read<Value>(name: string): Promise<Value | undefined> {
  return attempt(() => get<Value>(name, store));
}

async function write(act: () => Promise<void>): Promise<boolean> {
  return (await attempt(() => act().then(() => true))) ?? false;
}

/** What was asked of the store, undefined where there is none to ask. */
async function attempt<Answer>(act: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await act();
  } catch {
    return undefined;
  }
}
