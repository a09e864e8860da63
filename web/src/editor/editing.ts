/** What the parts of the editor share: the drawing, how it is looked at, and what can be done to it. */

import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Drawing } from "../canvas/drawing.js";
import { Bench, type Doing } from "./bench.js";
import { Commands } from "./commands.js";
import { Flow } from "./flow.js";
import { View } from "./view.js";

export interface Editing {
  readonly drawing: Drawing;
  readonly view: View;
  readonly bench: Bench;
  readonly flow: Flow;
  readonly commands: Commands;
}

export function editingOf(drawing: Drawing): Editing {
  const [view, bench] = [new View(), new Bench()];
  const flow = new Flow(drawing, view);
  return { drawing, view, bench, flow, commands: new Commands(drawing, view, bench, flow) };
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  return useContext(EditingContext) as Editing;
}

/** A part of what a person is in the middle of; the component follows it. */
export function useDoing<Part>(part: (doing: Doing) => Part): Part {
  return useStore(useEditing().bench.state, part);
}
