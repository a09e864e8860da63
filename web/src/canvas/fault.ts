/** An issue with all that a mending needs to know: where it is, what is drawn there, what enters. */

import { withHandles } from "../blueprint/canonical.js";
import {
  type Analysis,
  type Edge,
  type Edit,
  type Graph,
  type Issue,
  type Layer,
  layerOf,
  type Node,
  type Tensor,
} from "../blueprint/index.js";
import { quoted } from "../blueprint/quoting.js";
import { editsAt, graphAt, nameAt, type Path, placeOf } from "./scope.js";

/** What mends an issue, for people and for the drawing. */
export interface Fix {
  readonly label: string;
  readonly edits: readonly Edit[];
}

/** The graph at a path, in which edges of a fault are looked up and edits are made. */
export class Site {
  constructor(
    readonly path: Path,
    readonly graph: Graph,
    readonly analysis: Analysis,
  ) {}

  /** The site at a path; null where there is no such graph. */
  static at(whole: Graph, path: Path, analysis: Analysis): Site | null {
    const here = graphAt(whole, path);
    return here && new Site(path, withHandles(here), analysis);
  }

  node(id: string): Node | undefined {
    return this.graph.nodes.find((node) => node.id === id);
  }

  into(id: string): readonly Edge[] {
    return this.graph.edges.filter(({ target }) => target === id);
  }

  outOf(id: string): readonly Edge[] {
    return this.graph.edges.filter(({ source }) => source === id);
  }

  /** What flows along an edge, where that is known. */
  tensor({ source, sourceHandle }: Edge): Tensor | undefined {
    return this.analysis.nodes.get(nameAt(this.path, source))?.outputs.get(sourceHandle ?? "");
  }

  fix(label: string, ...edits: readonly Edit[]): Fix {
    return { label, edits: editsAt(this.path, edits) };
  }
}

/** An issue at a node, or of a graph as a whole. */
export interface Fault {
  readonly issue: Issue;
  readonly whole: Graph;
  readonly analysis: Analysis;
  readonly site: Site;
  readonly node: Node | undefined;
  readonly layer: Layer | null;
}

/** Where an issue is; null where that cannot be found. */
export function faultOf(issue: Issue, whole: Graph, analysis: Analysis): Fault | null {
  const { path, id } = issue.node === null ? { path: [], id: "" } : placeOf(issue.node);
  const site = Site.at(whole, path, analysis);
  if (!site) return null;
  const node = site.node(id);
  return { issue, whole, analysis, site, node, layer: node ? layerOf(node.type) : null };
}

/** The message without the name of its node. */
export function saidOf({ issue }: Fault): string {
  return issue.message.replace(/^[^:`]*`[^`]*`: /, "");
}

/** Whether a message names something of the document. */
export function names(issue: Issue, name: string): boolean {
  return issue.message.includes(quoted(name));
}
