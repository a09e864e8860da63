/** What a person is in the middle of on the canvas: a connection, a dialog, a word to say. Never sent, never undone. */

import { createStore, type StoreApi } from "zustand";
import type { Position } from "../blueprint/index.js";

/** A port from which a connection is being drawn. */
export interface Pending {
  readonly node: string;
  readonly handle: string;
  readonly side: "output" | "input";
  /** The node that the keyboard has chosen for the other end. */
  readonly target: string | null;
}

/** Where the box to add a layer is open. */
export interface QuickAdd {
  /** Of the screen. */
  readonly at: Position;
  readonly query: string;
  /** An output that what is added is connected to. */
  readonly from: { readonly node: string; readonly handle: string } | null;
  /** An edge that what is added goes onto. */
  readonly onto: string | null;
}

export interface Doing {
  readonly pending: Pending | null;
  readonly quickAdd: QuickAdd | null;
  readonly dialog: "save" | "shortcuts" | "rename" | null;
  /** Where the menu of the selection is open, on the screen. */
  readonly menu: Position | null;
  /** A tap adds to the selection, or takes away. */
  readonly selectingMore: boolean;
  /** Dragging on the empty canvas selects. */
  readonly banding: boolean;
  readonly snapping: boolean;
  /** A layer under way from the palette, and where on the screen. */
  readonly carried: { readonly type: string; readonly at: Position } | null;
  /** An edge that something dragged would be dropped on. */
  readonly over: string | null;
  /** What happened last; a new object is read aloud again. */
  readonly said: { readonly text: string };
}

/** What the canvas can do with what is seen; it sets it while it stands. */
export interface Stage {
  /** The middle of what is seen, as a place of the drawing. */
  middle(): Position;
  /** A place of the drawing, from one of the screen. */
  placeOf(screen: Position): Position;
  /** Where a node is on the screen: the middle of its lower rim. */
  screenOf(id: string): Position;
  /** Shows all, or as much from the top on as can be read. */
  begin(): void;
  /** Shows all. */
  fit(): void;
  zoom(factor: number): void;
  /** Brings a node into view and focuses it. */
  show(id: string): void;
}

export class Bench {
  readonly state: StoreApi<Doing> = createStore<Doing>(() => ({
    pending: null,
    quickAdd: null,
    dialog: null,
    menu: null,
    selectingMore: false,
    banding: false,
    snapping: true,
    carried: null,
    over: null,
    said: { text: "" },
  }));
  stage: Stage | null = null;
  /** Where the pointer was last over the canvas, on the screen. */
  pointer: Position | null = null;

  set(doing: Partial<Doing>): void {
    this.state.setState(doing);
  }

  /** Reads a sentence aloud to those who do not see the canvas. */
  say(text: string): void {
    this.state.setState({ said: { text } });
  }
}
