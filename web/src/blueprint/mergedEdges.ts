/** The edges of a merge: what feeds one input port is one field, merged as a whole. */

import { edgeContent } from "./canonical.js";
import type { Json } from "./codec.js";
import { type Conflict, inInputs, portGone } from "./conflicts.js";
import type { Edge, Node } from "./document.js";
import type { Draft } from "./draft.js";
import { quoted } from "./quoting.js";
import { Places } from "./replacing.js";
import { compareText } from "./text.js";
import { each, followed, type Three, type Value, winner } from "./three.js";

/** The edges into a port, by the node and port they come from. */
type Feeds = ReadonlyMap<string, Edge>;

/** Nodes that are as ours has them: `kept` though theirs removed them, `removed` though theirs changed them. */
export interface Standing {
  readonly kept: Set<string>;
  readonly removed: Set<string>;
}

/** The edges between the merged nodes of one level; adds what both connected otherwise to the conflicts. */
export function mergedEdges(
  drafts: Three<Draft>,
  nodes: ReadonlyMap<string, Node>,
  standing: Standing,
  path: string,
  conflicts: Conflict[],
): Edge[] {
  const ports = each(drafts, byPort);
  const wiring = new Wiring(drafts, nodes, standing, path, conflicts);
  const edges: Edge[] = [];
  for (const port of new Set([...ports.ours.keys(), ...ports.theirs.keys()])) {
    const feeds = each(ports, (side) => side.get(port) ?? new Map<string, Edge>());
    for (const edge of wiring.into(feeds)) edges.push(edge);
  }
  return edges;
}

class Wiring {
  private readonly places = new Map<string, Places>();

  constructor(
    private readonly drafts: Three<Draft>,
    private readonly nodes: ReadonlyMap<string, Node>,
    private readonly standing: Standing,
    private readonly path: string,
    private readonly conflicts: Conflict[],
  ) {}

  /** The edges into a port. */
  *into(feeds: Three<Feeds>): Iterable<Edge> {
    const [first] = [...feeds.ours.values(), ...feeds.theirs.values()];
    if (!first || !this.nodes.has(first.target)) return;
    const side = this.side(first, feeds);
    for (const [start, edge] of feeds[side]) {
      const both = feeds.ours.has(start) && feeds.theirs.has(start);
      if (!this.nodes.has(edge.source) || (!both && this.gone(edge, side))) continue;
      yield dressed(
        edge,
        each(feeds, (side) => side.get(start) ?? null),
      );
    }
  }

  /** Whose edges there are. */
  private side({ target, targetHandle }: Edge, feeds: Three<Feeds>): "ours" | "theirs" {
    const { kept, removed } = this.standing;
    if (kept.has(target) || [...feeds.theirs.values()].some((edge) => removed.has(edge.source))) return "ours";
    const values = each(feeds, contentOf);
    const side = winner(values);
    const stays = [...feeds.ours.values()].some((edge) => kept.has(edge.source));
    if (side === null || (side === "theirs" && stays && feeds.theirs.size)) {
      this.conflicts.push(inInputs(this.path + target, targetHandle ?? "", values, each(feeds, sourcesOf)));
    }
    return side === null || stays ? "ours" : side;
  }

  /** Whether one person drew the edge at a port that the other took away. */
  private gone(edge: Edge, side: "ours" | "theirs"): boolean {
    for (const id of [edge.source, edge.target]) {
      const [was, is] = [this.drafts[side].nodes.get(id) as Node, this.nodes.get(id) as Node];
      const [there, now] = [this.at(side, was), this.at("merged", is)];
      if (!(there.fit(edge) && !now.fit(edge)) && !now.namedNone(edge)) continue;
      const named = { ...edge, source: this.path + edge.source, target: this.path + edge.target };
      this.conflicts.push(portGone(this.path + id, named, side, edgeContent(edge)));
      return true;
    }
    return false;
  }

  private at(side: string, node: Node): Places {
    const key = `${side} ${node.id}`;
    const places = this.places.get(key) ?? new Places(node);
    this.places.set(key, places);
    return places;
  }
}

/** What feeds each port; edges to nowhere feed nothing. */
function byPort(draft: Draft): ReadonlyMap<string, Map<string, Edge>> {
  const ports = new Map<string, Map<string, Edge>>();
  for (const edge of draft.edges.values()) {
    if (!draft.nodes.has(edge.source) || !draft.nodes.has(edge.target)) continue;
    const port = `${edge.target}\0${edge.targetHandle ?? ""}`;
    const feeds = ports.get(port) ?? new Map<string, Edge>();
    ports.set(port, feeds.set(`${edge.source}\0${edge.sourceHandle ?? ""}`, edge));
  }
  return ports;
}

/** What feeds a port, as JSON: source, source_handle and unknown keys. */
function contentOf(feeds: Feeds): Value {
  const contents = inOrder(feeds).map((edge): Json => {
    const content = new Map(edgeContent(edge));
    content.delete("target");
    content.delete("target_handle");
    return content;
  });
  return contents.length ? contents : undefined;
}

function sourcesOf(feeds: Feeds): string {
  const sources = inOrder(feeds).map((edge) => quoted(edge.source));
  return sources.join(" and ") || "nothing";
}

function inOrder(feeds: Feeds): readonly Edge[] {
  return [...feeds].sort(([a], [b]) => compareText(a, b)).map(([, edge]) => edge);
}

function dressed(edge: Edge, edges: Three<Edge | null>): Edge {
  if (!edges.ours || !edges.theirs) return edge;
  const [ids, metas] = [each(edges, (side) => side?.id ?? null), each(edges, (side) => side?.meta ?? null)];
  return { ...edge, id: followed(ids, (id) => id), meta: followed(metas, (meta) => meta) };
}
