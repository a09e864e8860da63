/** How a person looks at a drawing: where inside it, what is selected, what is shown. Never sent, never undone. */

import { createStore, type StoreApi, useStore } from "zustand";
import { type Path, placeOf } from "../canvas/scope.js";

/** What nodes are coloured by; null is their category. */
export type Heat = "params" | "macs" | "memory" | null;

/** What is open beside the canvas on a desk, over it on a phone. */
export type Panel = "palette" | "inspector" | "problems" | null;

export interface Look {
  readonly path: Path;
  /** Ids of selected nodes in the graph at `path`. */
  readonly selection: readonly string[];
  /** Fingers move the canvas and never a node. */
  readonly navigating: boolean;
  readonly heat: Heat;
  readonly panel: Panel;
  /** A node to bring into view; a new object asks again. */
  readonly wanted: { readonly id: string } | null;
}

export class View {
  readonly state: StoreApi<Look> = createStore<Look>(() => ({
    path: [],
    selection: [],
    navigating: false,
    heat: null,
    panel: null,
    wanted: null,
  }));

  select(selection: readonly string[]): void {
    this.state.setState({ selection });
  }

  /** Open the inside of a Block, or go back out. */
  enter(path: Path): void {
    this.state.setState({ path, selection: [] });
  }

  show(panel: Panel): void {
    this.state.setState({ panel });
  }

  paint(heat: Heat): void {
    this.state.setState({ heat });
  }

  navigate(navigating: boolean): void {
    this.state.setState({ navigating });
  }

  /** Go to a node, wherever in the drawing: `b/c1` opens the Block `b`. */
  goTo(name: string): void {
    const { path, id } = placeOf(name);
    this.state.setState({ path, selection: [id], wanted: { id } });
  }
}

/** A part of how a person looks; the component follows it. */
export function useLook<Part>(view: View, part: (look: Look) => Part): Part {
  return useStore(view.state, part);
}
