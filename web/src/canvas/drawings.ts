/** The drawings that are open in this tab: each once, however many pages look at it. */

import { connection } from "../gateway/connection.js";
import { Refusal } from "../gateway/outcome.js";
import { Drawing } from "./drawing.js";
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
  opened.closing = setTimeout(() => {
    open.delete(id);
    void opened.drawing.then((drawing) => drawing.close());
  }, KEPT_OPEN_MS);
}

/** What an earlier page left unsent is drawn on the revision that page knew, and goes on from there. */
async function load(id: string): Promise<Drawing> {
  const { unsent, forget } = await keeping.leftBehind(id);
  const drawing = new Drawing(id, unsent[0]?.confirmed ?? (await found(id)), remote, keeping);
  await drawing.open(unsent.map(({ batches }) => batches));
  await forget();
  return drawing;
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
  for (const { drawing } of open.values()) void drawing.then((each) => each.retry());
});
