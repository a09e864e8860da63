/** Stands where controls would that the gateway refuses to guests and viewers, and says why they are not there. */

import { useReadOnly } from "../gateway/readOnly.js";

export function ReadOnlyNote() {
  const reason = useReadOnly();
  if (reason === null) return null;
  return (
    <p dir="auto" title={reason} className="max-w-64 truncate rounded-full bg-sunken px-2.5 py-0.5 text-xs text-muted">
      {reason}
    </p>
  );
}
