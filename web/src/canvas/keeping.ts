/**
 * What this device keeps of a drawing: the last confirmed revision, and batches the server has not taken yet.
 *
 * Each page keeps its own batches, under a lock that ends with the page; what a page left behind is taken up by the
 * next one that opens the drawing. A batch taken up twice does no harm, as the server knows its key.
 */

import { createStore, del, get, keys, set } from "idb-keyval";
import type { Plain } from "../gateway/graphql.js";
import { newKey } from "../gateway/keys.js";

/** A confirmed drawing as it is kept. */
export interface Kept {
  readonly revision: number;
  readonly document: Plain;
  readonly name: string;
  readonly projectId: string;
  readonly latestVersion: number;
}

const store = createStore("neuralforge", "drawings");
const page = newKey();
navigator.locks?.request(lockOf(page), () => new Promise(() => {}));

/** Keeps a confirmed revision; false where this device keeps nothing, as in some private windows. */
export function keep(id: string, kept: Kept): Promise<boolean> {
  return done(set(`confirmed/${id}`, kept, store));
}

export async function kept(id: string): Promise<Kept | null> {
  return (await get<Kept>(`confirmed/${id}`, store).catch(() => undefined)) ?? null;
}

/** What a page had not sent yet, and the confirmed revision it was drawn on. */
export interface Unsent {
  readonly confirmed: Kept;
  readonly batches: Plain;
}

/** Keeps what this page has not sent, null for nothing; false where this device keeps nothing. */
export function keepUnsent(id: string, unsent: Unsent | null): Promise<boolean> {
  const name = `unsent/${id}/${page}`;
  return done(unsent ? set(name, unsent, store) : del(name, store));
}

/** What pages left behind which are gone now, and the means to forget it once it is kept elsewhere. */
export async function leftBehind(id: string): Promise<{ unsent: Unsent[]; forget: () => Promise<void> }> {
  const start = `unsent/${id}/`;
  const names = (await keys<string>(store).catch(() => [])).filter((name) => name.startsWith(start));
  const alive = await livePages();
  const orphans = names.filter((name) => !alive.has(name.slice(start.length)));
  const found = await Promise.all(orphans.map((name) => get<Unsent>(name, store)));
  const forget = async () => void (await Promise.all(orphans.map((name) => del(name, store))));
  return { unsent: found.filter((each) => each !== undefined), forget };
}

async function livePages(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const locked = held.map(({ name }) => name ?? "").filter((name) => name.startsWith(lockOf("")));
  return new Set([page, ...locked.map((name) => name.slice(lockOf("").length))]);
}

function lockOf(name: string): string {
  return `nf.page.${name}`;
}

function done(writing: Promise<void>): Promise<boolean> {
  return writing.then(
    () => true,
    () => false,
  );
}
