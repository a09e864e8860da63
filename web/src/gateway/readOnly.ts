/** Whether a person may change things here, as the gateway tells; the gateway refuses what gets past this. */

import { session, useSession } from "./session.js";

type Session = ReturnType<typeof session.getState>;

/** Why nothing can be changed here; null where it can, or where the gateway has not told the role yet. */
export function useReadOnly(): string | null {
  return useSession(reasonOf);
}

/** As `useReadOnly`, now and outside of React. */
export function readOnlyReason(): string | null {
  return reasonOf(session.getState());
}

function reasonOf({ guest, role, organisation }: Session): string | null {
  if (guest) return "Read-only: you are a guest";
  return role === "viewer" ? `Read-only: you are a viewer in ${organisation?.name ?? "this organisation"}` : null;
}
