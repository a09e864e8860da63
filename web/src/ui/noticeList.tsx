/** What notices are made of, once there is one. */

import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { IconButton } from "./button.js";
import { close, NOTICES, type Shown } from "./notices.js";
import type { Tone } from "./states.js";

const EDGES: Record<Tone, string> = {
  neutral: "border-l-line-strong",
  accent: "border-l-accent",
  good: "border-l-good",
  warn: "border-l-warn",
  bad: "border-l-bad",
};

export function NoticeList({ shown }: { shown: readonly Shown[] }) {
  return (
    <Toast.Provider swipeDirection="down" label="Notice">
      {shown.map((notice) => (
        <One key={notice.id} {...notice} />
      ))}
      <Toast.Viewport className={`m-0 list-none p-0 outline-none ${NOTICES}`} />
    </Toast.Provider>
  );
}

function One({ id, text, tone = "neutral", action, lasting }: Shown) {
  return (
    <Toast.Root
      duration={lasting ? Number.POSITIVE_INFINITY : 6000}
      onOpenChange={(open) => open || close(id)}
      className={`flex items-center gap-2 rounded-card border border-line border-l-4 bg-raised py-1.5 pr-1.5 pl-4 text-sm shadow-float ${EDGES[tone]}`}
    >
      <Toast.Description className="min-w-0 grow py-1.5 break-words">{text}</Toast.Description>
      {action ? (
        <Toast.Action
          altText={action.label}
          onClick={action.onSelect}
          className="min-h-9 rounded-[9px] px-3 font-medium text-accent-text hover:bg-sunken"
        >
          {action.label}
        </Toast.Action>
      ) : null}
      <Toast.Close asChild>
        <IconButton label="Close notice">
          <X size={16} />
        </IconButton>
      </Toast.Close>
    </Toast.Root>
  );
}
