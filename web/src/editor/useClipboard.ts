/** The clipboard's own events, which need no permission: copying and pasting by the system's keys and menus. */

import { useEffect } from "react";
import { useEditing } from "./editing.js";

const FIELDS = "input, textarea, select, [contenteditable=true], [role=dialog]";

export function useClipboard(): void {
  const { commands } = useEditing();
  useEffect(() => {
    const give = (text: string | null, event: ClipboardEvent) => {
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    };
    const copy = (event: ClipboardEvent) => busy(event) || give(commands.clipboard.copy(), event);
    const cut = (event: ClipboardEvent) => busy(event) || give(commands.clipboard.cut(), event);
    const paste = (event: ClipboardEvent) => {
      if (busy(event)) return;
      event.preventDefault();
      commands.clipboard.paste(event.clipboardData?.getData("text/plain") || undefined);
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", cut);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", cut);
      document.removeEventListener("paste", paste);
    };
  }, [commands]);
}

/** Somebody copies text: from a field, or what is marked on the page. */
function busy({ target, type }: ClipboardEvent): boolean {
  const marked = type !== "paste" && window.getSelection()?.isCollapsed === false;
  return marked || (target instanceof Element && target.closest(FIELDS) !== null);
}
