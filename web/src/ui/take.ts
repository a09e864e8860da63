/** What a person takes away from a page: onto the clipboard, or as a file. */

import { notify } from "./notices.js";

const FORGET_MS = 60_000;

/** Says whether it worked. Without https there is no clipboard for scripts, only the old way by a selection. */
export async function copy(text: string, what: string): Promise<void> {
  const done = navigator.clipboard ? await navigator.clipboard.writeText(text).then(yes, no) : copyBySelection(text);
  notify(
    done
      ? { text: `${what} copied` }
      : { text: `${what} could not be copied: the browser does not allow it; select the text instead`, tone: "bad" },
  );
}

const yes = () => true;
const no = () => false;

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed top-0 left-0 opacity-0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/** Saves a text, or what was made of one, as a file. */
export function save(content: string | Blob, name: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), FORGET_MS);
}

/** A name as part of a file's name. */
export function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 60) || "file";
}
