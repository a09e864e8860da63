import { describe, expect, it } from "vitest";
import { LAYERS } from "./catalogue.js";
import { HELP } from "./help.js";

describe("help", () => {
  it("tells of every layer what it does, and of each of its settings what it means", () => {
    expect([...HELP.keys()]).toEqual([...LAYERS.keys()]);
    for (const [type, texts] of HELP) {
      expect(texts.length, type).toBe(1 + (LAYERS.get(type)?.fields.length ?? 0));
      for (const text of texts) expect(text, type).toMatch(/\S\.?$/);
    }
  });
});
