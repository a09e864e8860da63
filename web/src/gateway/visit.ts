/** Looking at one project without a session: what lets a guest in is kept by this tab alone. */

import type { Credential } from "./auth.js";

const KEPT = "nf.guest";

export function credential(): Credential | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}

/** From the next page on this tab is a guest's. Throws where storage is closed. */
export function keepVisit(credential: Credential): void {
  sessionStorage.setItem(KEPT, JSON.stringify(credential));
}

export function forgetVisit(): void {
  sessionStorage.removeItem(KEPT);
}
