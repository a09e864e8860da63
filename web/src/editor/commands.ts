/**
 * What a person does to a drawing on the canvas, whichever way: by mouse, finger, key or menu.
 *
 * Every change is one batch of edits, said aloud; what cannot be done is a notice that says why.
 */

import {
  disconnect,
  type Edge,
  type Edit,
  EditError,
  type Graph,
  group,
  moveNode,
  type Node,
  removeNode,
  renameNode,
} from "../blueprint/index.js";
import { type Addition, addingAfter, addingAt, firstInput, idsOf, insertingOn } from "../canvas/adding.js";
import { type Alignment, aligned, type Box } from "../canvas/aligning.js";
import { connecting, edgeId, edgesInto, objection, type Wire } from "../canvas/connecting.js";
import { dissolving } from "../canvas/dissolving.js";
import type { Drawing } from "../canvas/drawing.js";
import { newId } from "../canvas/naming.js";
import { editsAt, graphAt } from "../canvas/scope.js";
import { tidied } from "../canvas/tidying.js";
import { sentence } from "../gateway/outcome.js";
import { notify } from "../ui/notices.js";
import type { Bench } from "./bench.js";
import { Clipboard } from "./clipboard.js";
import type { Flow } from "./flow.js";
import { capital, named, refused, warn } from "./saying.js";
import type { View } from "./view.js";

/** Why undo cannot be pressed: what was done before the page was opened is not in its memory. */
export const NOTHING_TO_UNDO = "Nothing to undo since this page was opened; older states are under Versions";

export class Commands {
  readonly clipboard = new Clipboard(this);

  constructor(
    readonly drawing: Drawing,
    readonly view: View,
    readonly bench: Bench,
    readonly flow: Flow,
  ) {}

  /** The graph a person looks at. */
  get graph(): Graph {
    return graphAt(this.drawing.state.getState().graph, this.path) as Graph;
  }

  get selection(): readonly string[] {
    return this.view.state.getState().selection;
  }

  node(id: string | undefined): Node | undefined {
    return this.graph.nodes.find((node) => node.id === id);
  }

  edge(id: string | null): Edge | undefined {
    return this.graph.edges.find((edge) => edgeId(edge) === id);
  }

  /** Draws, and says so; false where it cannot be, with a notice. */
  draw(edits: readonly Edit[], label: string, said = label): boolean {
    if (refused()) return false;
    return this.attempt(() => {
      this.drawing.edit(editsAt(this.path, edits), label);
      this.bench.say(said);
    });
  }

  undo(): void {
    const { undo } = this.drawing.state.getState();
    if (undo !== null && this.attempt(() => this.drawing.undo())) this.bench.say(`Undid: ${undo}`);
  }

  redo(): void {
    const { redo } = this.drawing.state.getState();
    if (redo !== null && this.attempt(() => this.drawing.redo())) this.bench.say(`Did again: ${redo}`);
  }

  /** Adds a layer: onto the selected edge, below the selected node, or in the middle of what is seen. */
  add(type: string): void {
    const edge = this.edge(this.flow.selectedEdge);
    const before = this.node(this.selection.at(-1));
    if (edge) this.insert(type, edge);
    else if (before) this.place(addingAfter(this.graph, this.flow.places(), type, before));
    else this.place(addingAt(this.graph, this.flow.places(), type, this.bench.stage?.middle() ?? { x: 0, y: 0 }));
  }

  /** Adds a layer where the pointer is on the screen, onto the edge there if there is one. */
  addAt(type: string, screen: { x: number; y: number }, onto: string | null = null): void {
    const at = this.bench.stage?.placeOf(screen) ?? { x: 0, y: 0 };
    const edge = this.edge(onto);
    if (edge) this.insert(type, edge, at);
    else this.place(addingAt(this.graph, this.flow.places(), type, at));
  }

  /** Adds a layer below an output, and connects it to that. */
  addFrom(type: string, from: { node: string; handle: string }, screen: { x: number; y: number }): void {
    const { node, edits } = addingAt(this.graph, this.flow.places(), type, this.bench.stage?.placeOf(screen) ?? ORIGIN);
    const input = firstInput(node);
    const wire = { source: from.node, sourceHandle: from.handle, target: node.id, targetHandle: input ?? "" };
    const wires = input === null ? [] : connecting(this.graph, wire);
    this.place({ node, edits: [...edits, ...wires], after: input === null ? null : from.node });
  }

  /** Adds a layer in the middle of an edge. */
  insert(type: string, edge: Edge, at?: { x: number; y: number }): void {
    const addition = insertingOn(this.graph, this.flow.places(), type, edge, at);
    if (addition) this.place(addition);
    else warn(`${type} has no input and output to stand between ${edge.source} and ${edge.target}.`);
  }

  /** Connects two ports; what stood at the input goes, with a word about it. */
  connect(wire: Wire): boolean {
    const reason = objection(this.graph, wire);
    if (reason !== null) warn(reason);
    if (reason !== null) return false;
    const replaced = edgesInto(this.graph, wire.target, wire.targetHandle);
    const done = `Connected ${wire.source} to ${wire.target}`;
    const said = replaced.length > 0 ? `${done}, in place of ${replaced.map(({ source }) => source).join(", ")}` : done;
    if (!this.draw(connecting(this.graph, wire), `Connect ${wire.source} to ${wire.target}`, said)) return false;
    if (replaced.length > 0) notify({ text: `${said}.`, action: { label: "Undo", onSelect: () => this.undo() } });
    return true;
  }

  /** Connects an output to the first free input of a node; where they are connected already, takes that away. */
  connectOrCut(source: string, sourceHandle: string, target: string): void {
    const node = this.node(target);
    if (!node) return;
    const entered = this.graph.edges.filter((edge) => edge.target === target);
    const drawn = entered.find((edge) => edge.source === source && edge.sourceHandle === sourceHandle);
    if (drawn) {
      this.disconnect(drawn);
      return;
    }
    const targetHandle = firstInput(
      node,
      entered.map((edge) => edge.targetHandle ?? ""),
    );
    if (targetHandle === null) warn(`${node.type} ${target} has no input; choose another node.`);
    else this.connect({ source, sourceHandle, target, targetHandle });
  }

  disconnect(edge: Edge): void {
    const between = `${edge.source} and ${edge.target}`;
    this.draw([disconnect(edge)], `Disconnect ${between}`, `Disconnected ${between}`);
  }

  /** Deletes what is selected: an edge, or nodes with their edges. */
  remove(): void {
    const edge = this.edge(this.flow.selectedEdge);
    if (edge) {
      this.disconnect(edge);
      return;
    }
    const ids = this.selection;
    if (ids.length === 0) return;
    const next = ids.length === 1 ? this.graph.edges.find(({ target }) => target === ids[0])?.source : undefined;
    if (!this.draw(ids.map(removeNode), `Delete ${named(ids)}`, `Deleted ${named(ids)}`)) return;
    this.view.select(next === undefined ? [] : [next]);
  }

  selectAll(): void {
    const ids = this.graph.nodes.map(({ id }) => id);
    this.view.select(ids);
    this.bench.say(`Selected ${ids.length} nodes`);
  }

  /** Puts what is selected into a Block. */
  group(): void {
    if (this.selection.length === 0) {
      warn("Select the nodes to group first.");
      return;
    }
    const id = newId("Block", idsOf(this.graph));
    const what = named(this.selection);
    if (this.draw([group(this.selection, id)], `Group ${what}`, `Grouped ${what} into Block ${id}`))
      this.view.select([id]);
  }

  /** Dissolves the selected Block. */
  ungroup(): void {
    const block = this.node(this.selection[0]);
    if (!block?.graph) {
      warn("Select a Block to dissolve first.");
      return;
    }
    const { ids, edits } = dissolving(this.graph, block);
    if (this.draw(edits, `Ungroup ${block.id}`, `Dissolved Block ${block.id}`)) this.view.select(ids);
  }

  /** What is wrong with an id, null where the node has it now. */
  rename(id: string, wanted: string): string | null {
    if (wanted === id) return null;
    if (wanted.includes("/")) return "An id holds no /, as that stands between a Block and what is in it";
    try {
      this.drawing.edit(editsAt(this.path, [renameNode(id, wanted)]), `Rename ${id}`);
    } catch (error) {
      if (error instanceof EditError) return capital(error.reason);
      throw error;
    }
    this.bench.say(`Renamed ${id} to ${wanted}`);
    this.view.select([wanted]);
    return null;
  }

  /** What was dragged or nudged stays where it is now. */
  drop(): void {
    this.attempt(() => {
      if (this.flow.drop()) this.bench.say("Moved");
    });
  }

  align(alignment: Alignment): void {
    this.move(aligned(this.boxes(this.selection), alignment), `Align ${named(this.selection)}`);
  }

  /** Puts all nodes in rows, or those selected where there are several. */
  async tidy(): Promise<void> {
    const { graph } = this;
    const some = this.selection.length > 1 ? this.selection : graph.nodes.map(({ id }) => id);
    if (some.length === 0) return;
    const chosen = new Set(some);
    const edges = graph.edges.filter(({ source, target }) => chosen.has(source) && chosen.has(target));
    try {
      this.move(await tidied({ ...graph, edges }, this.boxes(some)), "Tidy layout");
      this.bench.stage?.fit();
    } catch (error) {
      warn(`The layout could not be worked out: ${sentence(error)}`);
    }
  }

  /** Opens a Block, or the inspector for any other node. */
  open(id = this.selection[0]): void {
    const node = this.node(id);
    if (!node) return;
    if (node.graph || node.type === "Block") this.enter([...this.path, node.id]);
    else this.view.show("inspector");
  }

  /** Looks at the inside of a Block, or at the whole for no ids. */
  enter(path: readonly string[]): void {
    const left = this.path.length > path.length ? this.path[path.length] : undefined;
    this.view.enter(path);
    if (left !== undefined) this.view.select([left]);
    this.bench.say(path.length === 0 ? "The whole architecture" : `Inside Block ${path.at(-1)}`);
    this.bench.stage?.fit();
  }

  private get path(): readonly string[] {
    return this.view.state.getState().path;
  }

  private place({ node, edits, after }: Addition): void {
    const said = `Added ${node.type} ${node.id}${after === null ? "" : `, connected to ${after}`}`;
    if (!this.draw(edits, `Add ${node.id}`, said)) return;
    this.flow.selectEdge(null);
    this.view.select([node.id]);
    this.view.state.setState({ wanted: { id: node.id } });
  }

  private move(places: ReadonlyMap<string, { x: number; y: number }>, label: string): void {
    const before = this.flow.places();
    const moved = [...places].filter(([id, { x, y }]) => before.get(id)?.x !== x || before.get(id)?.y !== y);
    if (moved.length === 0) return;
    this.draw(
      moved.map(([id, place]) => moveNode(id, place)),
      label,
    );
  }

  private boxes(ids: readonly string[]): readonly Box[] {
    const chosen = new Set(ids);
    const nodes = this.flow.state.getState().nodes.filter(({ id }) => chosen.has(id));
    return nodes.map(({ id, position, data }) => {
      return { id, ...position, width: data.card.width, height: data.card.height };
    });
  }

  private attempt(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      warn(capital(error.reason));
      return false;
    }
  }
}

const ORIGIN = { x: 0, y: 0 };
