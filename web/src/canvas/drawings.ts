/** The drawings that are open in this tab: each once, however many pages look at it. */

import { connection } from "../gateway/connection.js";
import { Refusal } from "../gateway/outcome.js";
import { Drawing } from "./drawing.js";
import type { Left } from "./keeping.js";
import * as keeping from "./keeping.js";
import { remote, type Whole } from "./remote.js";

const KEPT_OPEN_MS = 30_000;

interface Opened {
  readonly drawing: Promise<Drawing>;
  users: number;
  closing?: ReturnType<typeof setTimeout>;
}

const open = new Map<string, Opened>();

/** Opens a drawing, from this device where there is no connection. Throws Refusal or DocumentError. */
export function openDrawing(id: string): Promise<Drawing> {
  const opened = open.get(id) ?? { drawing: load(id), users: 0 };
  open.set(id, opened);
  opened.users += 1;
  clearTimeout(opened.closing);
  opened.drawing.catch(() => open.delete(id));
  return opened.drawing;
}

/** Nobody here looks at it any more; it closes a little later, unless somebody does again. */
export function leaveDrawing(id: string): void {
  const opened = open.get(id);
  if (!opened) return;
  opened.users -= 1;
  if (opened.users > 0) return;
  opened.closing = setTimeout(() => void close(id, opened), KEPT_OPEN_MS);
}

/** Closes once the server has it all, so that what is drawn never waits where nobody sends it. */
async function close(id: string, opened: Opened): Promise<void> {
  const drawing = await opened.drawing.catch(() => null);
  if (!drawing) return;
  await saved(drawing);
  if (opened.users > 0 || open.get(id) !== opened) return;
  open.delete(id);
  drawing.close();
}

/** What earlier pages left unsent is drawn on the revision each knew, and goes on from there. */
async function load(id: string): Promise<Drawing> {
  const left = await keeping.leftBehind(id);
  try {
    const [first, ...others] = left;
    const whole = first?.unsent.confirmed ?? (await found(id));
    const drawing = new Drawing(id, whole, remote, first?.place ?? keeping.placeHere(id));
    await drawing.open(first?.unsent.batches);
    for (const other of others) void send(id, other, drawing);
    return drawing;
  } catch (error) {
    for (const { letGo } of left) letGo();
    throw error;
  }
}

/** Sends what another page left, as that page would have; what is refused is told in the drawing that is looked at. */
async function send(id: string, { unsent, place, letGo }: Left, shown: Drawing): Promise<void> {
  const drawing = new Drawing(id, unsent.confirmed, remote, place);
  await drawing.open(unsent.batches);
  await saved(drawing);
  drawing.close();
  shown.refuse(drawing.state.getState().refused);
  letGo();
}

function saved({ state }: Drawing): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (state.getState().saving !== "saved") return;
      stop();
      resolve();
    };
    const stop = state.subscribe(look);
    look();
  });
}

async function found(id: string): Promise<Whole> {
  try {
    const whole = await remote.load(id);
    if (whole) return whole;
  } catch (error) {
    const kept = error instanceof Refusal && error.retry ? await keeping.kept(id) : null;
    if (kept) return kept;
    throw error;
  }
  throw new Refusal("NOT_FOUND", "there is no such architecture, or it is not yours to see");
}

connection.subscribe(({ online, reachable }, before) => {
  if (!(online && reachable) || (before.online && before.reachable)) return;
  for (const { drawing } of open.values()) void drawing.then((each) => each.retry()).catch(() => {});
});
