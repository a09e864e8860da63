/** A secret that is shown once, with the way to take it along. */

import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.js";
import { INPUT } from "../ui/field.js";
import { copy } from "../ui/take.js";

export function Secret({ label, value, children }: { label: string; value: string; children: ReactNode }) {
  return (
    <div className="grid gap-3 rounded-card bg-accent-soft p-4">
      <p className="text-sm text-pretty">{children}</p>
      <div className="flex flex-wrap gap-2">
        <input
          readOnly
          aria-label={label}
          value={value}
          className={`${INPUT} min-w-0 grow basis-48 font-mono`}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <Button look="primary" onClick={() => void copy(value, label)}>
          <Copy size={16} aria-hidden="true" /> Copy
        </Button>
      </div>
    </div>
  );
}

/** In place of a secret that was told before the answer got lost. */
export function LostSecret({ what }: { what: string }) {
  return (
    <p role="alert" className="rounded-card bg-warn-soft p-4 text-sm text-warn">
      The {what} was made, but the answer with its secret got lost on the way. Revoke it in the list and make another.
    </p>
  );
}
