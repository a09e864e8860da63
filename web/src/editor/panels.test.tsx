// @vitest-environment happy-dom
/** The panels beside the canvas, as a person finds and uses them: by role and name. */

import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { edge, type Graph, graph, node, objectOf } from "../blueprint/index.js";
import { Drawing } from "../canvas/drawing.js";
import { Memory, Service, Way } from "../canvas/service.testing.js";
import { HeatPicker } from "./heatPicker.js";
import { Inspector } from "./inspector.js";
import { Problems } from "./problems.js";
import { Totals } from "./totals.js";
import { View } from "./view.js";

const NET = graph({
  nodes: [
    node("in", "Input", { config: objectOf({ shape: ["B", 3, 8, 8] }) }),
    node("c1", "Conv2d", { config: objectOf({ out_channels: 8, kernel_size: 3, padding: 1 }) }),
    node("c2", "Conv2d", { config: objectOf({ out_channels: 16, kernel_size: 3, padding: 1 }) }),
    node("out", "Output"),
  ],
  edges: [edge("in", "c1"), edge("c1", "c2"), edge("c2", "out")],
});

let view: View;

beforeEach(() => {
  vi.useFakeTimers();
  view = new View();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function opened(net: Graph): Drawing {
  const service = new Service(net);
  return new Drawing("id", service.whole, new Way(service), new Memory());
}

function configOf(drawing: Drawing, id: string): ReadonlyMap<string, unknown> {
  return drawing.state.getState().graph.nodes.find((each) => each.id === id)?.config ?? new Map();
}

function inspecting(selection: readonly string[], net = NET): Drawing {
  const drawing = opened(net);
  act(() => view.select(selection));
  render(<Inspector drawing={drawing} view={view} />);
  return drawing;
}

const wait = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

describe("a setting", () => {
  it("enters the drawing on Enter, not while it is written", () => {
    const drawing = inspecting(["c1"]);
    const field = screen.getByLabelText("out_channels");
    fireEvent.change(field, { target: { value: "64" } });
    expect(configOf(drawing, "c1").get("out_channels")).toBe(8);
    fireEvent.keyDown(field, { key: "Enter" });
    expect(configOf(drawing, "c1").get("out_channels")).toBe(64);
    expect(drawing.state.getState().undo).toBe("Set out_channels of c1");
  });

  it("that cannot be read stays as written, with the reason, and is not drawn", () => {
    const drawing = inspecting(["c1"]);
    const field = screen.getByLabelText<HTMLInputElement>("out_channels");
    fireEvent.change(field, { target: { value: "many" } });
    fireEvent.blur(field);
    expect(field.value).toBe("many");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByRole("alert").textContent).toContain('out_channels is "many"; it must be an integer');
    expect(configOf(drawing, "c1").get("out_channels")).toBe(8);
    fireEvent.keyDown(field, { key: "Escape" });
    expect(field.value).toBe("8");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("makes one step to undo of a run of steps", async () => {
    const drawing = inspecting(["c1"]);
    for (let step = 0; step < 4; step++) fireEvent.click(screen.getByRole("button", { name: "More out_channels" }));
    fireEvent.keyDown(screen.getByLabelText("out_channels"), { key: "ArrowDown" });
    expect(configOf(drawing, "c1").get("out_channels")).toBe(8);
    await wait(500);
    expect(configOf(drawing, "c1").get("out_channels")).toBe(11);
    act(() => drawing.undo());
    expect(configOf(drawing, "c1").get("out_channels")).toBe(8);
    expect(drawing.state.getState().undo).toBeNull();
  });

  it("written but not finished is not lost when another node is selected", () => {
    const drawing = inspecting(["c1"]);
    fireEvent.change(screen.getByLabelText("out_channels"), { target: { value: "24" } });
    act(() => view.select(["c2"]));
    expect(configOf(drawing, "c1").get("out_channels")).toBe(24);
    expect(configOf(drawing, "c2").get("out_channels")).toBe(16);
  });

  it("goes back to its default, and is not written into the document", () => {
    const drawing = inspecting(["c1"]);
    fireEvent.click(screen.getByRole("button", { name: "Reset padding" }));
    expect(configOf(drawing, "c1").has("padding")).toBe(false);
  });

  it("can differ along the axes", () => {
    const drawing = inspecting(["c1"]);
    fireEvent.click(screen.getByRole("button", { name: "A kernel_size for each axis" }));
    const width = screen.getByLabelText("kernel_size, width");
    fireEvent.change(width, { target: { value: "5" } });
    fireEvent.blur(width);
    expect(configOf(drawing, "c1").get("kernel_size")).toEqual([3, 5]);
    fireEvent.click(screen.getByRole("button", { name: "One kernel_size for all axes" }));
    expect(configOf(drawing, "c1").get("kernel_size")).toBe(3);
  });

  it("is a word where words are offered, a switch where it is on or off", () => {
    const drawing = inspecting(["c1"]);
    fireEvent.click(screen.getByRole("button", { name: "same" }));
    expect(configOf(drawing, "c1").get("padding")).toBe("same");
    fireEvent.click(screen.getByRole("switch", { name: "bias" }));
    expect(configOf(drawing, "c1").get("bias")).toBe(false);
  });

  it("that the input decides is told, not asked", () => {
    inspecting(["c2"]);
    expect(screen.queryByLabelText("in_channels")).toBeNull();
    expect(screen.getByText("in_channels").nextSibling?.textContent).toContain("8 from the input");
  });
});

describe("the inspector", () => {
  it("refuses a name that is taken, and takes another", () => {
    const drawing = inspecting(["c1"]);
    const name = screen.getByLabelText("Name");
    fireEvent.change(name, { target: { value: "c2" } });
    expect(screen.getByRole("alert").textContent).toContain("There is a node c2 already");
    fireEvent.change(name, { target: { value: "stem" } });
    fireEvent.keyDown(name, { key: "Enter" });
    expect(drawing.state.getState().graph.nodes.map(({ id }) => id)).toContain("stem");
    expect(view.state.getState().selection).toEqual(["stem"]);
  });

  it("sets what several nodes share, in one step", () => {
    const drawing = inspecting(["c1", "c2"]);
    const field = screen.getByLabelText<HTMLInputElement>("out_channels");
    expect([field.value, field.placeholder]).toEqual(["", "several values"]);
    fireEvent.change(field, { target: { value: "4" } });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(["c1", "c2"].map((id) => configOf(drawing, id).get("out_channels"))).toEqual([4, 4]);
    act(() => drawing.undo());
    expect(["c1", "c2"].map((id) => configOf(drawing, id).get("out_channels"))).toEqual([8, 16]);
  });

  it("says how to begin where nothing is drawn", () => {
    inspecting([], graph());
    fireEvent.click(screen.getByRole("button", { name: "Add the first layer" }));
    expect(view.state.getState().panel).toBe("palette");
  });
});

describe("problems", () => {
  const broken = graph({
    ...NET,
    nodes: NET.nodes.map((each) =>
      each.id === "c1" ? { ...each, config: objectOf({ out_channels: 8, kernel_size: 3, in_channels: 4 }) } : each,
    ),
  });

  it("are listed causes first, lead to their node, and are mended at one touch", async () => {
    const drawing = opened(broken);
    render(<Problems drawing={drawing} view={view} />);
    await wait(1500);
    const list = screen.getByRole("list", { name: "Problems" });
    const [first] = within(list).getAllByRole("button");
    expect(first?.textContent).toContain("in_channels is 4 but the input gives 3");
    expect(screen.getByRole("status").textContent).toBe("3 problems: 1 error, 2 waiting for these");
    fireEvent.click(first as HTMLElement);
    expect(view.state.getState().selection).toEqual(["c1"]);
    fireEvent.click(within(list).getByRole("button", { name: "Leave in_channels out, the input gives it" }));
    expect(drawing.state.getState().analysis.valid).toBe(true);
    expect(screen.getByRole("status").textContent).toBe("No problems");
  });
});

describe("totals", () => {
  it("say nothing of training where nothing is drawn", () => {
    render(<Totals drawing={opened(graph({}))} view={view} />);
    expect(screen.getByRole("status", { name: "Totals" }).textContent).not.toMatch(/train|0 B/);
  });

  it("are a status, exact in their titles, and follow the batch", () => {
    const drawing = opened(NET);
    render(<Totals drawing={drawing} view={view} />);
    const totals = screen.getByRole("status", { name: "Totals" });
    expect(within(totals).getByTitle("1,392 parameters").textContent).toContain("1.39 K");
    expect(totals.textContent).toContain("batch 32");
    const before = drawing.state.getState().analysis.totals.trainingBytes;
    fireEvent.click(screen.getByRole("button", { name: "Memory and GPUs" }));
    const batch = screen.getByLabelText("Batch");
    fireEvent.change(batch, { target: { value: "0" } });
    fireEvent.blur(batch);
    expect(screen.getByRole("alert").textContent).toContain("whole number");
    expect(totals.textContent).toContain("batch 32");
    fireEvent.change(batch, { target: { value: "64" } });
    fireEvent.keyDown(batch, { key: "Enter" });
    expect(totals.textContent).toContain("batch 64");
    expect(Number(drawing.state.getState().analysis.totals.trainingBytes)).toBeGreaterThan(Number(before));
    expect(within(screen.getByRole("list", { name: "GPUs" })).getAllByText("fits")).toHaveLength(4);
  });
});

describe("heat", () => {
  it("is chosen, and its legend tells the ends in figures", () => {
    render(<HeatPicker drawing={opened(NET)} view={view} />);
    fireEvent.change(screen.getByLabelText("Colour nodes by"), { target: { value: "params" } });
    expect(view.state.getState().heat).toBe("params");
    expect(screen.getByRole("img").getAttribute("aria-label")).toBe("From 224 at c1 to 1.17 K at c2");
    fireEvent.change(screen.getByLabelText("Colour nodes by"), { target: { value: "" } });
    expect(view.state.getState().heat).toBeNull();
    expect(screen.queryByRole("img")).toBeNull();
  });
});
