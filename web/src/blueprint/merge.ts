/**
 * Two people's changes to the same network, brought together: a three-way merge of nodes, settings and edges.
 *
 * What only one changed is taken from there; where both changed the same thing in different ways the result has it as
 * `ours`, and a conflict says so. Dress (positions, `meta`, names) follows whoever changed it.
 */

import { alignThree, type Found } from "./alignment.js";
import { graphContent, nodeContent } from "./canonical.js";
import type { Json, JsonObject } from "./codec.js";
import { type Conflict, inGraph, inKey, inType, removed } from "./conflicts.js";
import { type Graph, graph as graphOf, MAX_EDGES, MAX_NODES, type Node, positionToJson, sizeOf } from "./document.js";
import { type Draft, draftOf, ends, openedGraph } from "./draft.js";
import { DocumentError } from "./errors.js";
import { mergedEdges, type Standing } from "./mergedEdges.js";
import { each, followed, same, type Three, type Value, winner } from "./three.js";

/** The merged network, which has no edge to nowhere, and what both changed. */
export interface Merge {
  readonly graph: Graph;
  readonly conflicts: readonly Conflict[];
}

/**
 * Bring the changes from `base` to `ours` and from `base` to `theirs` together.
 *
 * Without conflicts the content is the same whoever is `ours`. Throws DocumentError where ids or edges are repeated, or
 * the merged network is too large.
 */
export function merge(base: Graph, ours: Graph, theirs: Graph): Merge {
  const graphs = { base, ours, theirs };
  const drafts = each(graphs, (graph) => draftOf(graph));
  const found: Found = { conflicts: [], renamed: new Set() };
  alignThree(drafts, "", found);
  const graph = new Level(graphs, drafts, "", found).merged();
  const [nodes, edges] = sizeOf(graph);
  for (const [size, limit, kind] of [[nodes, MAX_NODES, "nodes"] as const, [edges, MAX_EDGES, "edges"] as const]) {
    if (size > limit) {
      throw new DocumentError(`the merged network would have ${size} ${kind}; at most ${limit} are allowed`);
    }
  }
  return { graph, conflicts: found.conflicts };
}

/** One graph of three, aligned: that of the network or of a Block, whose `path` ends in a slash. */
class Level {
  private readonly standing: Standing = { kept: new Set(), removed: new Set() };

  constructor(
    private readonly graphs: Three<Graph>,
    private readonly drafts: Three<Draft>,
    private readonly path: string,
    private readonly found: Found,
  ) {}

  merged(): Graph {
    const { ours, theirs } = this.drafts;
    const nodes = new Map<string, Node>();
    for (const id of new Set([...ours.nodes.keys(), ...theirs.nodes.keys()])) {
      const node = this.node(id);
      if (node) nodes.set(id, node);
    }
    const edges = mergedEdges(this.drafts, nodes, this.standing, this.path, this.found.conflicts);
    const extras = each(this.graphs, (graph) => graph.extra);
    const extra = this.keys(this.path.slice(0, -1), "", extras);
    const [names, metas] = [each(this.graphs, (graph) => graph.name), each(this.graphs, (graph) => graph.meta)];
    const [name, meta] = [followed(names, (name) => name), followed(metas, (meta) => meta)];
    return { name, nodes: [...nodes.values()], edges, meta, extra };
  }

  private node(id: string): Node | null {
    const nodes = each(this.drafts, (draft) => draft.nodes.get(id) ?? null);
    if (!nodes.ours || !nodes.theirs) return this.ofOne(id, nodes);
    return nodes.ours.type === nodes.theirs.type ? this.ofBoth(nodes.ours, nodes) : this.ofEither(nodes.ours, nodes);
  }

  /** A node that one of the two has: new there, or removed by the other. */
  private ofOne(id: string, nodes: Three<Node | null>): Node | null {
    const [node, draft] = nodes.ours ? [nodes.ours, this.drafts.ours] : [nodes.theirs, this.drafts.theirs];
    if (!nodes.base || !node) return node;
    if (!this.changed(node, nodes.base, draft)) return null;
    this.found.conflicts.push(removed(this.path + id, each(nodes, contentOf)));
    (nodes.ours ? this.standing.kept : this.standing.removed).add(id);
    return nodes.ours;
  }

  /** Whether one person did anything to a node but disconnect it. */
  private changed(node: Node, base: Node, draft: Draft): boolean {
    if (this.found.renamed.has(this.path + node.id) || !same(contentOf(node), contentOf(base))) return true;
    return draft.edgesAt(node.id).some((edge) => !this.drafts.base.edges.has(ends(edge)));
  }

  /** A node that became another thing in one of the two, or in both. */
  private ofEither(ours: Node, nodes: Three<Node | null>): Node {
    const side = winner(each(nodes, contentOf));
    if (side === null) {
      this.found.conflicts.push(
        inType(
          this.path + ours.id,
          each(nodes, (node): Value => node?.type),
        ),
      );
    }
    return dressed(side === "theirs" && nodes.theirs ? nodes.theirs : ours, nodes);
  }

  /** A node of one type in both, setting by setting. */
  private ofBoth(ours: Node, nodes: Three<Node | null>): Node {
    const path = this.path + ours.id;
    const config = this.keys(
      path,
      "config.",
      each(nodes, (node) => node?.config ?? new Map<string, Json>()),
    );
    const extra = this.keys(
      path,
      "",
      each(nodes, (node) => node?.extra ?? new Map<string, Json>()),
    );
    const graph = this.inside(
      path,
      each(nodes, (node) => node?.graph ?? null),
    );
    return dressed({ ...ours, config, extra, graph }, nodes);
  }

  private keys(path: string, prefix: string, configs: Three<JsonObject>): JsonObject {
    const merged = new Map<string, Json>();
    for (const key of new Set([...configs.ours.keys(), ...configs.theirs.keys()])) {
      const values = each(configs, (config): Value => config.get(key));
      const side = winner(values);
      if (side === null) this.found.conflicts.push(inKey(path, prefix + key, key, values));
      const value = values[side ?? "ours"];
      if (value !== undefined) merged.set(key, value);
    }
    return merged;
  }

  /** What a node holds, level by level; as a whole where it cannot be looked into. */
  private inside(path: string, graphs: Three<Graph | null>): Graph | null {
    const whole = each(graphs, (graph) => graph ?? graphOf());
    const { base, ours, theirs } = each(whole, (graph) => openedGraph(graph));
    if (graphs.ours && graphs.theirs && base && ours && theirs) {
      return new Level(whole, { base, ours, theirs }, `${path}/`, this.found).merged();
    }
    const values = each(graphs, (graph): Value => (graph ? graphContent(graph) : undefined));
    const side = winner(values);
    if (side === null) this.found.conflicts.push(inGraph(path, values));
    return graphs[side ?? "ours"];
  }
}

function contentOf(node: Node | null): Value {
  return node ? nodeContent(node) : undefined;
}

function dressed(node: Node, nodes: Three<Node | null>): Node {
  const positions = each(nodes, (side) => side?.position ?? null);
  const metas = each(nodes, (side) => side?.meta ?? null);
  const position = followed(positions, (place): Value => (place ? positionToJson(place) : undefined));
  return { ...node, position, meta: followed(metas, (meta) => meta) };
}
