/** A list of many buttons as one stop of Tab: arrows, Home and End go from one to the next. */

import { type FocusEvent, type KeyboardEvent, useState } from "react";

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** `names`: of the buttons as they stand there, each with its own in `data-rove`. */
export function useRoving(names: readonly string[]) {
  const [last, setLast] = useState<string | null>(null);
  return {
    /** The one that Tab leads to. */
    stop: last !== null && names.includes(last) ? last : (names[0] ?? null),
    list: {
      onFocus: ({ target }: FocusEvent) => setLast(nameOf(target) ?? last),
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        const to = targetOf(event, names);
        if (to === undefined) return;
        event.preventDefault();
        event.currentTarget.querySelector<HTMLElement>(`[data-rove="${CSS.escape(to)}"]`)?.focus();
      },
    },
  };
}

function targetOf(event: KeyboardEvent, names: readonly string[]): string | undefined {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
  const at = names.indexOf(nameOf(event.target as Element) ?? "");
  if (at < 0 || altKey || ctrlKey || metaKey || shiftKey) return undefined;
  if (key === "Home") return names[0];
  if (key === "End") return names.at(-1);
  const step = STEPS[key];
  return step === undefined ? undefined : names[Math.min(Math.max(at + step, 0), names.length - 1)];
}

function nameOf(target: Element): string | undefined {
  return target.closest<HTMLElement>("[data-rove]")?.dataset.rove;
}
