// @vitest-environment happy-dom
/** The list of layers by keyboard: one stop of Tab, whose arrows lead to every layer. */

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LAYERS } from "../blueprint/index.js";
import { Bench } from "./bench.js";
import { EditingContext } from "./editing.js";
import { Palette } from "./palette.js";

const add = vi.fn();

beforeEach(() => {
  add.mockReset();
  const editing = { bench: new Bench(), commands: { add } } as never;
  render(
    <EditingContext value={editing}>
      <Palette />
    </EditingContext>,
  );
});
afterEach(cleanup);

const layers = () => screen.getAllByRole<HTMLButtonElement>("button");
const stops = () => layers().filter(({ tabIndex }) => tabIndex === 0);
const press = (key: string, more = {}) => fireEvent.keyDown(document.activeElement as Element, { key, ...more });
const here = () => document.activeElement?.getAttribute("aria-label");

describe("the palette", () => {
  it("is one stop of Tab, with a button for every layer", () => {
    expect(layers().map((each) => each.getAttribute("aria-label"))).toHaveLength(LAYERS.size);
    expect(stops()).toEqual([layers()[0]]);
  });

  it("is walked with arrows, Home and End, and remembers where one was", () => {
    const names = layers().map((each) => each.getAttribute("aria-label"));
    layers()[0]?.focus();
    expect(press("ArrowUp")).toBe(false);
    expect(here()).toBe(names[0]);
    press("ArrowDown");
    press("ArrowDown");
    expect(here()).toBe(names[2]);
    press("End");
    expect(here()).toBe(names.at(-1));
    press("Home");
    press("ArrowDown");
    expect(here()).toBe(names[1]);
    expect(stops()).toEqual([document.activeElement]);
    expect(press("ArrowDown", { altKey: true })).toBe(true);
    expect(here()).toBe(names[1]);
  });

  it("leads to the best of what is searched for", () => {
    layers()[5]?.focus();
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "relu" } });
    expect(stops().map((each) => each.getAttribute("aria-label"))).toEqual(["ReLU"]);
    fireEvent.click(stops()[0] as Element);
    expect(add).toHaveBeenCalledExactlyOnceWith("ReLU");
  });
});
