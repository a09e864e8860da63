/** Short notices that come and go, read aloud as they come: something was done, refused, or wants an answer. */

import { useState } from "react";
import { createStore, useStore } from "zustand";
import { useOverlays } from "./overlays.js";
import type { Tone } from "./states.js";

export interface Notice {
  readonly text: string;
  readonly tone?: Tone;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
  /** Stays until closed. */
  readonly lasting?: boolean;
}

export interface Shown extends Notice {
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

/** Says that a part of the studio is not there. */
export function missing(part: string): void {
  notify({ text: `"${part}" could not be loaded; check the connection and try again`, tone: "bad" });
}

export function close(id: number): void {
  notices.setState((shown) => shown.filter((each) => each.id !== id), true);
}

/** Above the bar that the editor has at the bottom. */
export const NOTICES =
  "fixed inset-x-3 bottom-[calc(4.25rem+env(safe-area-inset-bottom))] z-60 grid gap-2 sm:left-auto sm:right-4 sm:w-96";

/** Where notices appear; once, around the whole studio. Without their parts, for want of a connection, their texts. */
export function Notices() {
  const shown = useStore(notices);
  const [plain, setPlain] = useState(false);
  const parts = useOverlays(shown.length > 0, () => setPlain(true));
  if (parts) return <parts.NoticeList shown={shown} />;
  if (!plain) return null;
  return (
    <div role="status" className={NOTICES}>
      {shown.map(({ id, text }) => (
        <p key={id} className="rounded-card border border-line bg-raised px-4 py-3 text-sm break-words shadow-float">
          {text}
        </p>
      ))}
    </div>
  );
}
