/**
 * What this device keeps of a drawing: the last confirmed revision, and batches the server has not taken yet.
 *
 * Each page keeps its own batches; what a page left behind is taken up by the next one that opens the drawing, in the
 * place where it lies. Everything is kept apart for each account, as several people may use one browser.
 */

import { createStore, del, get, keys, set } from "idb-keyval";
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

/** The last revision of a drawing that was confirmed on this device. */
export async function kept(id: string): Promise<Kept | null> {
  return (await read<Kept>(confirmedName(id))) ?? null;
}

/** This page's place. */
export function placeHere(id: string): Place {
  return placeOf(id, page);
}

/** What pages left behind which are gone now, each for this page alone. */
export async function leftBehind(id: string): Promise<Left[]> {
  const start = unsentName(id, "");
  const names = (await attempt(() => keys<string>(store))) ?? [];
  const pages = names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  const found = await Promise.all(pages.map((each) => takeUp(id, each)));
  return found.filter((left) => left !== null);
}

async function takeUp(id: string, left: string): Promise<Left | null> {
  const letGo = await claim(left);
  if (!letGo) return null;
  const unsent = await read<Unsent>(unsentName(id, left));
  if (unsent) return { unsent, place: placeOf(id, left), letGo };
  letGo();
  return null;
}

function placeOf(id: string, owner: string): Place {
  const [confirmed, unsent] = [confirmedName(id), unsentName(id, owner)];
  return {
    keep: (kept) => write(() => set(confirmed, kept, store)),
    keepUnsent: (left) => write(() => (left ? set(unsent, left, store) : del(unsent, store))),
  };
}

function confirmedName(id: string): string {
  return `${account()}/confirmed/${id}`;
}

function unsentName(id: string, owner: string): string {
  return `${account()}/unsent/${id}/${owner}`;
}

function account(): string {
  return session.getState().user?.id ?? "";
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
