import { describe, expect, it } from "vitest";
import { HELP } from "../blueprint/help.js";
import { byCategory, layersFor } from "./finding.js";
import { commandOf, keyText, SHORTCUTS } from "./keymap.js";

const key = (name: string, held: { ctrl?: true; shift?: true; alt?: true } = {}) =>
  commandOf({ key: name, ctrlKey: !!held.ctrl, metaKey: false, shiftKey: !!held.shift, altKey: !!held.alt });

describe("keys", () => {
  it("mean one command each", () => {
    const keys = SHORTCUTS.flatMap(([, all]) => all.flatMap(({ keys }) => keys));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("are read with what is held", () => {
    expect(key("z", { ctrl: true })).toBe("undo");
    expect(key("Z", { ctrl: true, shift: true })).toBe("redo");
    expect(key("g")).toBe("group");
    expect(key("G", { shift: true })).toBe("ungroup");
    expect(key("?", { shift: true })).toBe("shortcuts");
    expect(key("/", { shift: true })).toBe("add");
    expect(key("ArrowUp")).toBe("goUp");
    expect(key("ArrowUp", { alt: true })).toBe("moveUp");
    expect(key("q")).toBeNull();
    expect(key("f", { ctrl: true })).toBeNull();
  });

  it("are written as the keyboard has them", () => {
    expect(keyText("Mod+Shift+Z", false)).toBe("Ctrl + Shift + Z");
    expect(keyText("Mod+Shift+Z", true)).toBe("⌘ ⇧ Z");
    expect(keyText("+", false)).toBe("+");
  });
});

describe("finding layers", () => {
  const names = (query: string) => layersFor(query, HELP).map(({ type }) => type);

  it("puts names before categories before help", () => {
    expect(names("conv").slice(0, 3)).toEqual(["Conv2d", "Conv1d", "Conv3d"]);
    expect(names("relu")[0]).toBe("ReLU");
    expect(names("tel")).toContain("TransformerEncoderLayer");
    expect(names("pooling")).toContain("MaxPool2d");
    expect(names("no such thing at all")).toEqual([]);
  });

  it("loses no layer to the categories", () => {
    const all = layersFor("", null);
    expect(byCategory(all).flatMap(([, layers]) => layers)).toHaveLength(all.length);
  });
});
