/** Edits as sentences for people, each with the node it speaks of. */

import { type Edge, type Edit, type Graph, graph, type Json, type Node, node } from "../blueprint/index.js";
import { printable, shown } from "../blueprint/quoting.js";
import type { Mark } from "./comparison.js";

export interface Sentence {
  readonly mark: Mark;
  /** The node by its path, as it is called in the state that has it; null where it is an edge of two. */
  readonly node: string;
  readonly text: string;
}

/** What edits do to a network, in their order; where nodes are drawn is left out. */
export function sentences(edits: readonly Edit[], before: Graph): readonly Sentence[] {
  return at(edits, before, "");
}

/** How many things changed: "1 change", "12 changes". */
export function changes(count: number): string {
  return `${count} ${count === 1 ? "change" : "changes"}`;
}

function at(edits: readonly Edit[], before: Graph, path: string): Sentence[] {
  const nodes = new Map(before.nodes.map((node) => [node.id, node]));
  return edits.flatMap((edit) => {
    follow(nodes, edit);
    return of(edit, nodes, path);
  });
}

/** Keeps track of where nodes went, so that later edits find what they were. */
function follow(nodes: Map<string, Node>, edit: Edit): void {
  if (edit.op === "rename_node") {
    const node = nodes.get(edit.id);
    if (node) nodes.set(edit.newId, node);
  }
  if (edit.op === "group") {
    const inner = edit.ids.flatMap((id) => nodes.get(id) ?? []);
    nodes.set(edit.id, node(edit.id, "Block", { graph: graph({ nodes: inner }) }));
  }
  if (edit.op !== "ungroup") return;
  for (const inner of nodes.get(edit.id)?.graph?.nodes ?? []) nodes.set(edit.prefix + inner.id, inner);
}

function of(edit: Edit, nodes: ReadonlyMap<string, Node>, path: string): Sentence[] {
  const say = (mark: Mark, id: string, text: string): Sentence[] => [{ mark, node: path + id, text }];
  const name = (id: string) => printable(path + id);
  switch (edit.op) {
    case "add_node":
      return say("added", edit.node.id, `${printable(edit.node.type)} ${name(edit.node.id)} is new`);
    case "remove_node":
      return say("removed", edit.id, `${printable(nodes.get(edit.id)?.type ?? "")} ${name(edit.id)} is gone`.trim());
    case "replace":
      return say("replaced", edit.id, `${name(edit.id)} is ${another(nodes.get(edit.id), edit.node)}`);
    case "configure":
      return settings(edit, nodes.get(edit.id)).flatMap((text) => say("changed", edit.id, `${name(edit.id)}: ${text}`));
    case "rename_node":
      return say("renamed", edit.newId, `${name(edit.id)} is called ${name(edit.newId)}`);
    case "connect":
      return say("added", edit.edge.target, `${ends(edit.edge, name)} are connected`);
    case "disconnect":
      return say("removed", edit.edge.target, `${ends(edit.edge, name)} are no longer connected`);
    case "group":
      return say("grouped", edit.id, `${edit.ids.map(name).join(", ")} are in the Block ${name(edit.id)}`);
    case "ungroup":
      return say("ungrouped", edit.id, `the Block ${name(edit.id)} is dissolved`);
    case "within":
      return at(edit.edits, inside(nodes.get(edit.id)), `${path}${edit.id}/`);
    case "move_node":
      return [];
  }
}

function another(was: Node | undefined, is: Node): string {
  const [before, after] = [printable(was?.type ?? ""), printable(is.type)];
  return before === after ? `another ${after}` : `a ${after}, it was a ${before}`;
}

function settings({ set, unset }: { set: ReadonlyMap<string, Json>; unset: readonly string[] }, node?: Node): string[] {
  const was = (key: string) => valueText(node?.config.get(key));
  const given = [...set].map(([key, value]) => `${printable(key)} is ${shown(value)}, it was ${was(key)}`);
  return [...given, ...unset.map((key) => `${printable(key)} is not set, it was ${was(key)}`)];
}

/** A setting for people; one that is not given has its default. */
export function valueText(value: Json | undefined): string {
  return value === undefined ? "not set" : shown(value);
}

function ends({ source, sourceHandle, target, targetHandle }: Edge, name: (id: string) => string): string {
  const port = (handle: string | null, plain: string) => {
    return handle && handle !== plain ? ` (${printable(handle)})` : "";
  };
  return `${name(source)}${port(sourceHandle, "out")} and ${name(target)}${port(targetHandle, "in")}`;
}

function inside(node: Node | undefined): Graph {
  return node?.graph ?? graph();
}
