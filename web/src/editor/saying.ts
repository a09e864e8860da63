/** How commands speak of what they did, and of what cannot be done. */

import { readOnlyReason } from "../gateway/readOnly.js";
import { notify } from "../ui/notices.js";

/** "conv1", "conv1 and relu1", "5 nodes". */
export function named(ids: readonly string[]): string {
  return ids.length > 2 ? `${ids.length} nodes` : ids.join(" and ");
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function warn(text: string): void {
  notify({ text, tone: "warn" });
}

/** Whether nothing can be changed here, which is said then. */
export function refused(): boolean {
  const reason = readOnlyReason();
  if (reason !== null) warn(`${reason}.`);
  return reason !== null;
}
