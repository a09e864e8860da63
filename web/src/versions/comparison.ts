/**
 * What became of each node and edge from one state of a network to another, level by level: the engine's edits, read
 * as marks that a picture can show.
 */

import {
  apply,
  diff,
  type Edge,
  type Edit,
  graph as emptyGraph,
  type Graph,
  type Json,
  type Node,
  withHandles,
} from "../blueprint/index.js";
import { spelled } from "../blueprint/spelling.js";
import { graphAt, type Path } from "../canvas/scope.js";

export type Mark = "added" | "removed" | "changed" | "replaced" | "renamed" | "grouped" | "ungrouped";

/** One of two states at one level: marks of nodes by id, and the edges only it has. */
export interface Side {
  readonly when: "before" | "after";
  readonly graph: Graph;
  readonly nodes: ReadonlyMap<string, Mark>;
  readonly edges: ReadonlySet<string>;
}

/** Both states at one level; `names` are ids in the later one by ids in the earlier one, for nodes of both. */
export interface Level {
  readonly before: Side;
  readonly after: Side;
  readonly names: ReadonlyMap<string, string>;
  /** Where this level is in either state; a Block may have been called otherwise. */
  readonly paths: { readonly before: Path; readonly after: Path };
}

/** A setting on both sides; undefined where it is not given. */
export interface Setting {
  readonly name: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly changed: boolean;
}

const NOTHING = emptyGraph();

/** A state by itself, nothing of it marked. */
export function alone(graph: Graph): Side {
  return { when: "after", graph: withHandles(graph), nodes: new Map(), edges: new Set() };
}

/** The two states at a path of the later one; a state that has no such Block is empty there. */
export function levelAt(before: Graph, after: Graph, edits: readonly Edit[], path: Path): Level {
  return inside(before, after, edits, path, { before: [], after: [] });
}

function inside(before: Graph, after: Graph, edits: readonly Edit[], path: Path, paths: Level["paths"]): Level {
  const [block, ...rest] = path;
  if (block === undefined) return level(before, after, edits, paths);
  const earlier = [...renames(edits)].find(([, name]) => name === block)?.[0] ?? block;
  const grouping = edits.filter((edit) => edit.op === "group" && edit.id === earlier);
  const [from, to] = [graphAt(apply(before, grouping), [earlier]), graphAt(after, [block])];
  const inner = from && to ? diff(from, to) : [];
  const there = {
    before: grouping.length > 0 ? paths.before : [...paths.before, earlier],
    after: [...paths.after, block],
  };
  return inside(from ?? NOTHING, to ?? NOTHING, inner, rest, there);
}

/** What tells an edge of a graph from others. */
export function edgeKey({ source, sourceHandle, target, targetHandle }: Edge): string {
  return [source, sourceHandle ?? "", target, targetHandle ?? ""].join("\0");
}

/** The settings of a node before and after, those that changed first. */
export function settingsOf(before: Node | null, after: Node | null): readonly Setting[] {
  const names = new Set([...(before?.config.keys() ?? []), ...(after?.config.keys() ?? [])]);
  const settings = [...names].map((name) => {
    const [was, is] = [before?.config.get(name), after?.config.get(name)];
    const changed = (was === undefined ? "" : spelled(was)) !== (is === undefined ? "" : spelled(is));
    return { name, before: was, after: is, changed };
  });
  return settings.sort((a, b) => Number(b.changed) - Number(a.changed));
}

function level(before: Graph, after: Graph, edits: readonly Edit[], paths: Level["paths"]): Level {
  const [from, to] = [withHandles(before), withHandles(after)];
  const names = commonNames(from, to, renames(edits));
  const earlier = new Map([...names].map(([id, name]) => [name, id]));
  const marks = marksOf(from, to, names, edits);
  return {
    before: {
      when: "before",
      graph: from,
      nodes: marks.left,
      edges: onlyIn(from, to, (id) => names.get(id) ?? `\0${id}`),
    },
    after: {
      when: "after",
      graph: to,
      nodes: marks.right,
      edges: onlyIn(to, from, (id) => earlier.get(id) ?? `\0${id}`),
    },
    ...{ names, paths },
  };
}

/** Later ids by earlier ones, for nodes that both have. */
function commonNames(from: Graph, to: Graph, renamed: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [there, taken] = [new Set(to.nodes.map(({ id }) => id)), new Set(renamed.values())];
  const stayed = from.nodes.filter(({ id }) => there.has(id) && !renamed.has(id) && !taken.has(id));
  const kept = from.nodes.filter(({ id }) => there.has(renamed.get(id) ?? ""));
  return new Map([
    ...stayed.map(({ id }) => [id, id] as const),
    ...kept.map(({ id }) => [id, renamed.get(id)] as const),
  ] as [string, string][]);
}

function marksOf(from: Graph, to: Graph, names: ReadonlyMap<string, string>, edits: readonly Edit[]) {
  const earlier = new Map([...names].map(([id, name]) => [name, id]));
  const left = new Map<string, Mark>(from.nodes.filter(({ id }) => !names.has(id)).map(({ id }) => [id, "removed"]));
  const right = new Map<string, Mark>(to.nodes.filter(({ id }) => !earlier.has(id)).map(({ id }) => [id, "added"]));
  const both = (name: string, mark: Mark) => {
    const id = earlier.get(name);
    if (id !== undefined) left.set(id, mark);
    if (id !== undefined) right.set(name, mark);
  };
  const put = (side: Map<string, Mark>, ids: Iterable<string>, mark: Mark) => {
    for (const id of ids) if (side.has(id)) side.set(id, mark);
  };
  for (const edit of edits) {
    if (edit.op === "rename_node") both(edit.newId, "renamed");
    if (edit.op === "configure" || edit.op === "within") both(edit.id, "changed");
    if (edit.op === "replace") both(edit.id, "replaced");
    if (edit.op === "group") {
      put(left, edit.ids, "grouped");
      put(right, [edit.id], "grouped");
    }
    if (edit.op === "ungroup") {
      const inner = from.nodes.find(({ id }) => id === edit.id)?.graph?.nodes ?? [];
      put(left, [edit.id], "ungrouped");
      put(
        right,
        inner.map(({ id }) => edit.prefix + id),
        "ungrouped",
      );
    }
  }
  return { left, right };
}

/** Edges whose like, under the other side's names, the other graph has not. */
function onlyIn(graph: Graph, other: Graph, named: (id: string) => string): ReadonlySet<string> {
  const others = new Set(other.edges.map(edgeKey));
  const alone = graph.edges.filter((edge) => {
    return !others.has(edgeKey({ ...edge, source: named(edge.source), target: named(edge.target) }));
  });
  return new Set(alone.map(edgeKey));
}

/** Later ids by earlier ones. */
function renames(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const edit of edits) if (edit.op === "rename_node") names.set(edit.id, edit.newId);
  return names;
}
