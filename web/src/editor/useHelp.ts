/** What layers do and settings mean, loaded when somebody first asks. */

import { useSyncExternalStore } from "react";

export type Help = ReadonlyMap<string, readonly string[]>;

let help: Help | null = null;
let asked = false;
const watchers = new Set<() => void>();

/** By type: what a layer does, then what each of its settings means, in their order; null while it is on its way. */
export function useHelp(): Help | null {
  return useSyncExternalStore(watch, () => help);
}

function watch(changed: () => void): () => void {
  watchers.add(changed);
  if (!asked) void load();
  return () => watchers.delete(changed);
}

async function load(): Promise<void> {
  asked = true;
  try {
    help = (await import("../blueprint/help.js")).HELP;
    for (const changed of watchers) changed();
  } catch {
    // Without a connection, and never opened before: there is no help now, and it is asked for again.
    asked = false;
  }
}
