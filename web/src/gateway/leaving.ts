/**
 * Signing out reaches the server, if need be later: without a connection the session would live on there.
 *
 * That it is still to be ended is remembered, without anything secret: the cookie, which no script can read, says which.
 * It is tried again once there is a connection, at the next start and before somebody signs in.
 */

import * as auth from "./auth.js";
import { inTurn } from "./turns.js";

const OWED = "nf.leaving";
const AGAIN_MS = 30_000;

/** As storage may be closed. */
let owedHere = false;
let settling: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Ends the session on the server, now or as soon as it can be. Never throws. */
export function leave(): Promise<void> {
  owe(true);
  return settle();
}

/** Whether somebody signed out here and the server has not heard of it. */
export function owed(): boolean {
  try {
    return owedHere || localStorage.getItem(OWED) !== null;
  } catch {
    return owedHere;
  }
}

/** Ends what is still to be ended; without an answer, later. Never throws. */
export async function settle(): Promise<void> {
  if (!owed()) return;
  settling ??= inTurn(end).finally(() => {
    settling = null;
  });
  await settling;
}

/** Opens a session in place of the one there was; none of the old may end the new, whose cookie is the same. */
export async function enterAnew(open: () => Promise<auth.Opened>): Promise<auth.Opened> {
  await settle();
  return inTurn(async () => {
    const opened = await open();
    if (owed()) owe(false);
    return opened;
  });
}

async function end(): Promise<void> {
  // Another tab may have done it, or somebody signed in there.
  if (!owed()) return;
  clearTimeout(timer);
  try {
    await auth.logOut();
    owe(false);
  } catch (error) {
    if (isFinal(error)) owe(false);
    else timer = setTimeout(settle, AGAIN_MS);
  }
}

/** Refused for good, as there is no such session any more. */
function isFinal(error: unknown): boolean {
  return error instanceof auth.Refused && error.status < 500 && error.status !== 429;
}

function owe(owing: boolean): void {
  owedHere = owing;
  try {
    if (owing) localStorage.setItem(OWED, "1");
    else localStorage.removeItem(OWED);
  } catch {
    // This tab knows as long as it is open.
  }
}

addEventListener("online", () => void settle());
