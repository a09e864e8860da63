/** Where inside Blocks a picture is, and the way back out. */

import { ChevronRight } from "lucide-react";
import type { Path } from "../canvas/scope.js";

export function PathBar({ path, onGo }: { path: Path; onGo: (path: Path) => void }) {
  const steps = [
    { label: "Architecture", to: [] as Path },
    ...path.map((label, at) => ({ label, to: path.slice(0, at + 1) })),
  ];
  return (
    <nav aria-label="Inside" className="flex min-w-0 items-center overflow-x-auto border-b border-line px-2">
      {steps.map(({ label, to }, at) => (
        <span key={to.join("/")} className="flex shrink-0 items-center">
          {at > 0 ? <ChevronRight size={14} aria-hidden="true" className="text-muted" /> : null}
          <button
            type="button"
            dir="auto"
            aria-current={at === steps.length - 1 ? "location" : undefined}
            onClick={() => onGo(to)}
            className="max-w-48 min-h-11 truncate rounded-lg px-2 text-sm text-muted hover:text-ink aria-[current]:font-medium aria-[current]:text-ink sm:min-h-9"
          >
            {label}
          </button>
        </span>
      ))}
    </nav>
  );
}
