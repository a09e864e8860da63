/** Short notices that come and go, read aloud as they come: something was done, refused, or wants an answer. */

import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { createStore, useStore } from "zustand";
import { IconButton } from "./button.js";
import type { Tone } from "./states.js";

export interface Notice {
  readonly text: string;
  readonly tone?: Tone;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
  /** Stays until closed. */
  readonly lasting?: boolean;
}

interface Shown extends Notice {
  readonly id: number;
}

const MOST = 4;
const notices = createStore<readonly Shown[]>(() => []);
let last = 0;

/** Show a notice, from anywhere. */
export function notify(notice: Notice): void {
  last += 1;
  notices.setState((shown) => [...shown, { ...notice, id: last }].slice(-MOST), true);
}

function close(id: number): void {
  notices.setState((shown) => shown.filter((each) => each.id !== id), true);
}

const EDGES: Record<Tone, string> = {
  neutral: "border-l-line-strong",
  accent: "border-l-accent",
  good: "border-l-good",
  warn: "border-l-warn",
  bad: "border-l-bad",
};

/** Where notices appear; once, around the whole studio, and above the bar that the editor has at the bottom. */
export function Notices() {
  const shown = useStore(notices);
  return (
    <Toast.Provider swipeDirection="down" label="Notice">
      {shown.map((notice) => (
        <One key={notice.id} {...notice} />
      ))}
      <Toast.Viewport className="fixed inset-x-3 bottom-[calc(4.25rem+env(safe-area-inset-bottom))] z-60 m-0 grid list-none gap-2 p-0 outline-none sm:left-auto sm:right-4 sm:w-96" />
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
