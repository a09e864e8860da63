/** Mendings of nodes themselves: another type, another id, a key less. */

import {
  configure,
  connect,
  disconnect,
  type Edit,
  type Graph,
  LAYERS,
  type Node,
  replaceNode,
  similarType,
} from "../blueprint/index.js";
import { layerOf } from "../blueprint/layers.js";
import { similar } from "../blueprint/similar.js";
import { type Fault, type Fix, names, Site } from "./fault.js";
import { freshNode } from "./fresh.js";
import { uniqueId } from "./naming.js";

export function nodeFixes(fault: Fault): readonly Fix[] {
  switch (fault.issue.code) {
    case "unknown_type":
      return knownType(fault);
    case "unknown_field":
      return [...strangeSettings(fault), ...strangeKeys(fault)];
    case "duplicate_id":
      return ownIds(fault);
    default:
      return [...otherTypes(fault), ...emptyBlock(fault)];
  }
}

function knownType({ site, node }: Fault): Fix[] {
  const type = node && similarType(node.type);
  if (!type) return [];
  const required = new Set(layerOf(type)?.fields.flatMap((field) => (field.required ? [field.name] : [])));
  const fresh = [...freshNode(type, node.id, { x: 0, y: 0 }).config].filter(([name]) => required.has(name));
  return [site.fix(`Make it ${type}`, replaceNode({ ...node, type, config: new Map([...fresh, ...node.config]) }))];
}

function strangeSettings(fault: Fault): Fix[] {
  const { site, node, layer, issue } = fault;
  if (!node || !layer) return [];
  const known = layer.fields.map(({ name }) => name);
  const strange = [...node.config.keys()].filter((name) => !known.includes(name) && names(issue, name));
  return strange.flatMap((name) => {
    const near = similar(name, known);
    const value = node.config.get(name) ?? null;
    const meant = near !== null && !node.config.has(near);
    return [
      ...(meant ? [site.fix(`Call it ${near}`, configure(node.id, new Map([[near, value]]), [name]))] : []),
      site.fix(`Remove ${name}`, configure(node.id, new Map(), [name])),
    ];
  });
}

/** Keys that mean nothing, of nodes and edges. */
function strangeKeys({ site, node, issue, whole, analysis }: Fault): Fix[] {
  const known = node ? [...node.extra.keys()].filter((key) => names(issue, key)) : [];
  const fixes = known.map((key) =>
    site.fix(`Remove ${key}`, replaceNode({ ...(node as Node), extra: without(node as Node, key) })),
  );
  const inside = [...(node?.graph?.extra.keys() ?? [])].filter((key) => names(issue, key));
  for (const key of node?.graph ? inside : []) {
    const graph = { ...(node?.graph as Graph), extra: without(node?.graph as Graph, key) };
    fixes.push(site.fix(`Remove ${key}`, replaceNode({ ...(node as Node), graph })));
  }
  const holds = node?.graph && layerOf(node.type)?.category !== "composite";
  if (holds) fixes.push(site.fix("Remove its graph", replaceNode({ ...node, graph: null })));
  return [
    ...fixes,
    ...edgeKeys(whole, [], issue.message).map(({ path, edits, key }) => {
      const there = Site.at(whole, path, analysis) as Site;
      return there.fix(`Remove ${key}`, ...edits);
    }),
  ];
}

interface Found {
  readonly path: readonly string[];
  readonly key: string;
  readonly edits: readonly Edit[];
}

function edgeKeys(graph: Graph, path: readonly string[], message: string): Found[] {
  const prefix = path.map((id) => `${id}/`).join("");
  const mine = graph.edges.flatMap((edge) => {
    const line = `the edge from \`${prefix}${edge.source}\` to \`${prefix}${edge.target}\``;
    const keys = message.startsWith(line) ? [...edge.extra.keys()].filter((key) => message.includes(`\`${key}\``)) : [];
    return keys.map((key) => ({
      path,
      key,
      edits: [disconnect(edge), connect({ ...edge, extra: without(edge, key) })],
    }));
  });
  const inside = graph.nodes.flatMap((node) => (node.graph ? edgeKeys(node.graph, [...path, node.id], message) : []));
  return [...mine, ...inside];
}

function without({ extra }: Pick<Node, "extra">, key: string): Node["extra"] {
  return new Map([...extra].filter(([name]) => name !== key));
}

/** Nodes of a Block that share an id; such a Block can only be changed as a whole. */
function ownIds({ issue, whole, analysis, site }: Fault): Fix[] {
  const [block, path] = [site.path.at(-1), site.path.slice(0, -1)];
  const outside = Site.at(whole, path, analysis);
  const holder = outside?.node(block ?? "");
  if (!outside || !holder?.graph || issue.node === null) return [];
  const { graph } = holder;
  const seen = new Set<string>();
  const first = graph.nodes.filter(({ id }) => !seen.has(id) && seen.add(id));
  const renamed = graph.nodes.reduce<Node[]>((nodes, node) => {
    const taken = nodes.some(({ id }) => id === node.id);
    const id = taken ? uniqueId(node.id, new Set([...seen, ...nodes.map((each) => each.id)])) : node.id;
    nodes.push({ ...node, id });
    return nodes;
  }, []);
  return [
    outside.fix("Remove the copies", replaceNode({ ...holder, graph: { ...graph, nodes: first } })),
    outside.fix("Give each an id of its own", replaceNode({ ...holder, graph: { ...graph, nodes: renamed } })),
  ];
}

/** The same layer for another number of dimensions, or one the hint names. */
function otherTypes({ issue, site, node }: Fault): Fix[] {
  if (!node) return [];
  const [, stem] = node.type.match(/^(.*)[123]d$/) ?? [];
  const alike = stem ? ["1d", "2d", "3d"].map((end) => stem + end) : [];
  const named = (issue.hint ?? "").match(/\b[A-Z][A-Za-z0-9]+\b/g) ?? [];
  const types = [...alike, ...named].filter((type) => type !== node.type && LAYERS.has(type) && type !== "Input");
  return [...new Set(types)].map((type) => {
    const fields = LAYERS.get(type)?.fields.map(({ name }) => name) ?? [];
    const config = new Map([...node.config].filter(([name]) => fields.includes(name)));
    return site.fix(`Make it ${type}`, replaceNode({ ...node, type, config }));
  });
}

function emptyBlock({ site, node, layer }: Fault): Fix[] {
  if (!node || node.graph || layer?.category !== "composite") return [];
  const graph: Graph = {
    ...{ name: "untitled", meta: null, extra: new Map() },
    nodes: [inner("in", "Input"), inner("out", "Output")],
    edges: [
      { source: "in", target: "out", sourceHandle: null, targetHandle: null, id: null, meta: null, extra: new Map() },
    ],
  };
  return [site.fix("Put an Input and an Output inside", replaceNode({ ...node, graph }))];
}

function inner(id: string, type: string): Node {
  return { id, type, config: new Map(), position: null, meta: null, extra: new Map(), graph: null };
}
