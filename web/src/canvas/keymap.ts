/** Which key does what on the canvas; the sheet of shortcuts is made of the same table. */

export type Command =
  | "add"
  | "undo"
  | "redo"
  | "copy"
  | "cut"
  | "paste"
  | "duplicate"
  | "remove"
  | "selectAll"
  | "group"
  | "ungroup"
  | "rename"
  | "connect"
  | "open"
  | "out"
  | "fit"
  | "tidy"
  | "zoomIn"
  | "zoomOut"
  | "moveUp"
  | "moveDown"
  | "moveLeft"
  | "moveRight"
  | "goUp"
  | "goDown"
  | "goLeft"
  | "goRight"
  | "cancel"
  | "shortcuts"
  | "save";

export interface Shortcut {
  readonly command: Command;
  readonly does: string;
  /** "Mod+Shift+Z": Mod is Ctrl, or Command on a Mac. */
  readonly keys: readonly string[];
}

export const SHORTCUTS: readonly (readonly [title: string, readonly Shortcut[]])[] = [
  [
    "Draw",
    [
      { command: "add", does: "Add a layer", keys: ["/"] },
      { command: "connect", does: "Connect the selected node", keys: ["C"] },
      { command: "remove", does: "Delete", keys: ["Delete", "Backspace"] },
      { command: "duplicate", does: "Duplicate", keys: ["D", "Mod+D"] },
      { command: "copy", does: "Copy", keys: ["Mod+C"] },
      { command: "cut", does: "Cut", keys: ["Mod+X"] },
      { command: "paste", does: "Paste", keys: ["Mod+V"] },
      { command: "group", does: "Group into a Block", keys: ["G", "Mod+G"] },
      { command: "ungroup", does: "Dissolve a Block", keys: ["Shift+G", "Mod+Shift+G"] },
      { command: "rename", does: "Rename", keys: ["F2"] },
      { command: "undo", does: "Undo", keys: ["Mod+Z"] },
      { command: "redo", does: "Redo", keys: ["Mod+Shift+Z", "Mod+Y"] },
      { command: "save", does: "Save version", keys: ["Mod+S"] },
    ],
  ],
  [
    "Select and look",
    [
      { command: "selectAll", does: "Select all", keys: ["A", "Mod+A"] },
      { command: "open", does: "Open the inspector, or a Block", keys: ["Enter"] },
      { command: "out", does: "Leave a Block", keys: ["Shift+Enter"] },
      { command: "goUp", does: "To the node above", keys: ["ArrowUp"] },
      { command: "goDown", does: "To the node below", keys: ["ArrowDown"] },
      { command: "goLeft", does: "To the node on the left", keys: ["ArrowLeft"] },
      { command: "goRight", does: "To the node on the right", keys: ["ArrowRight"] },
      { command: "cancel", does: "Cancel, select nothing, leave a Block", keys: ["Escape"] },
      { command: "fit", does: "Show all", keys: ["F"] },
      { command: "zoomIn", does: "Larger", keys: ["+", "="] },
      { command: "zoomOut", does: "Smaller", keys: ["-"] },
      { command: "shortcuts", does: "Show this list", keys: ["?"] },
    ],
  ],
  [
    "Arrange",
    [
      { command: "tidy", does: "Tidy layout", keys: ["L"] },
      { command: "moveUp", does: "Move up", keys: ["Alt+ArrowUp"] },
      { command: "moveDown", does: "Move down", keys: ["Alt+ArrowDown"] },
      { command: "moveLeft", does: "Move left", keys: ["Alt+ArrowLeft"] },
      { command: "moveRight", does: "Move right", keys: ["Alt+ArrowRight"] },
    ],
  ],
];

const COMMANDS = new Map(
  SHORTCUTS.flatMap(([, all]) => all.flatMap(({ command, keys }) => keys.map((key) => [key, command]))),
);

/** Commands that change nothing, and so are everybody's. */
export const LOOKING: ReadonlySet<Command> = new Set<Command>([
  ...(["copy", "selectAll", "open", "out", "goUp", "goDown", "goLeft", "goRight"] as const),
  ...(["cancel", "fit", "zoomIn", "zoomOut", "shortcuts"] as const),
]);

export type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** The command of a key, null where it has none. */
export function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Keys): Command | null {
  const name = key.length === 1 ? key.toUpperCase() : key;
  // Shift is part of a sign such as "?", but not of a letter.
  const shift = shiftKey && (key.length > 1 || name !== key || /[A-Z]/.test(key));
  const parts = [(ctrlKey || metaKey) && "Mod", altKey && "Alt", shift && "Shift", name].filter(Boolean);
  return COMMANDS.get(parts.join("+")) ?? null;
}

const MAC: Readonly<Record<string, string>> = { Mod: "⌘", Shift: "⇧", Alt: "⌥" };
const NAMES: Readonly<Record<string, string>> = {
  Mod: "Ctrl",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** A key for people: "Ctrl + Shift + Z", "⌘ ⇧ Z". */
export function keyText(keys: string, mac: boolean): string {
  const parts = keys.split("+").map((part) => part || "+");
  const names = (keys === "+" ? ["+"] : parts).map((part) => (mac ? MAC[part] : undefined) ?? NAMES[part] ?? part);
  return names.join(mac ? " " : " + ");
}
