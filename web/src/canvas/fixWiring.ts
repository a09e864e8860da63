/** Mendings of edges: one less, one more, or another port. */

import {
  addNode,
  connect,
  disconnect,
  type Edge,
  edge,
  inputsOf,
  node as newNode,
  outputsOf,
  removeNode,
} from "../blueprint/index.js";
import { idsOf } from "./adding.js";
import { type Fault, type Fix, names, Site } from "./fault.js";
import { inputBefore } from "./fixEnds.js";
import { ROW } from "./geometry.js";
import { newId } from "./naming.js";
import { graphAt, type Path } from "./scope.js";
import { inputSockets, outputSockets } from "./sockets.js";

const MOST_SOURCES = 6;

export function wiringFixes(fault: Fault): readonly Fix[] {
  switch (fault.issue.code) {
    case "dangling_edge":
      return loose(fault);
    case "cycle":
      return circles(fault);
    case "unknown_port":
      return [...otherInput(fault), ...otherOutput(fault)];
    case "too_many_inputs":
      return tooMany(fault);
    default:
      return missing(fault);
  }
}

function taken(site: Site, edge: Edge, which = "edge"): Fix {
  return site.fix(`Remove the ${which} from ${edge.source} to ${edge.target}`, disconnect(edge));
}

/** Edges that hang on nothing, wherever they are. */
function loose({ issue, whole, analysis }: Fault): Fix[] {
  return pathsOf(whole).flatMap((path) => {
    const site = Site.at(whole, path, analysis);
    if (!site) return [];
    const known = new Set(site.graph.nodes.map(({ id }) => id));
    const prefix = path.map((id) => `${id}/`).join("");
    return site.graph.edges
      .filter(({ source, target }) => !(known.has(source) && known.has(target)))
      .filter(({ source, target }) => names(issue, prefix + source) && names(issue, prefix + target))
      .map((edge) => taken(site, edge));
  });
}

function pathsOf(whole: Fault["whole"], path: Path = []): Path[] {
  const here = graphAt(whole, path);
  const blocks = here?.nodes.filter(({ graph }) => graph) ?? [];
  return [path, ...blocks.flatMap(({ id }) => pathsOf(whole, [...path, id]))];
}

function circles({ issue, site }: Fault): Fix[] {
  const prefix = site.path.map((id) => `${id}/`).join("");
  const named = (id: string) => names(issue, prefix + id);
  const place = new Map(site.graph.nodes.map(({ id }, at) => [id, at]));
  const forward = ({ source, target }: Edge) => (place.get(source) ?? 0) - (place.get(target) ?? 0);
  return site.graph.edges
    .filter(({ source, target }) => named(source) && named(target))
    .sort((one, other) => forward(other) - forward(one))
    .map((edge) => taken(site, edge));
}

/** An edge into a port that does not exist. */
function otherInput({ issue, site, node }: Fault): Fix[] {
  if (!node || !issue.message.includes("has no input")) return [];
  const wrong = site.into(node.id).filter((edge) => edge.targetHandle === issue.port && names(issue, edge.source));
  return wrong.flatMap((edge) => [
    ...freeInputs(site, edge.target).map((targetHandle) =>
      site.fix(`Connect ${edge.source} to ${targetHandle}`, disconnect(edge), connect({ ...edge, targetHandle })),
    ),
    taken(site, edge),
  ]);
}

/** An edge out of a port that does not exist. */
function otherOutput({ issue, site, node }: Fault): Fix[] {
  if (!node || !issue.message.includes("has no output")) return [];
  const known = site.analysis.nodes.get([...site.path, node.id].join("/"))?.outputs.keys() ?? [];
  const handles = outputSockets(node, [], [...known]).map(({ handle }) => handle);
  const wrong = site.outOf(node.id).filter((edge) => (edge.sourceHandle ?? "") === (issue.port ?? ""));
  return wrong.flatMap((edge) => [
    ...handles
      .filter((handle) => handle !== edge.sourceHandle)
      .map((sourceHandle) =>
        site.fix(`Connect from ${sourceHandle}`, disconnect(edge), connect({ ...edge, sourceHandle })),
      ),
    taken(site, edge),
  ]);
}

function freeInputs(site: Site, id: string): string[] {
  const node = site.node(id);
  if (!node) return [];
  const used = site.into(id).map(({ targetHandle }) => targetHandle ?? "");
  const ports = new Set(inputsOf(node).flatMap(({ name, variadic }) => (variadic ? [] : [name])));
  return inputSockets(node, used)
    .filter(({ handle, spare }) => !used.includes(handle) && (spare || ports.has(handle)))
    .map(({ handle }) => handle);
}

/** Two edges into one port: one is taken away, or both are joined before. */
function tooMany({ issue, site, node }: Fault): Fix[] {
  if (!node) return [];
  const edges = site.into(node.id).filter(({ targetHandle }) => (targetHandle ?? "") === (issue.port ?? ""));
  const joined = ["Add", "Concat"].map((type) => {
    const id = newId(type, idsOf(site.graph));
    const into = edges.map((each, at) => connect({ ...each, id: null, target: id, targetHandle: `in.${at}` }));
    const onwards = connect(edge(id, node.id, { sourceHandle: "out", targetHandle: issue.port }));
    const drawn = addNode(
      newNode(id, type, { position: node.position && { ...node.position, y: node.position.y - ROW } }),
    );
    return site.fix(`Join them by ${type}`, ...edges.map(disconnect), drawn, ...into, onwards);
  });
  return [...joined, ...edges.map((each) => taken(site, each))];
}

/** A port without an edge: what leads nowhere yet may enter it; a node without any edge may go. */
function missing({ issue, site, node }: Fault): Fix[] {
  if (!node || issue.port === null) return [];
  const [port] = [issue.port];
  const edges = [...site.into(node.id), ...site.outOf(node.id)];
  const last = site.into(node.id).findLast(({ targetHandle }) => targetHandle?.startsWith(`${port.split(".")[0]}.`));
  const moved = last
    ? [site.fix(`Move ${last.source} to ${port}`, disconnect(last), connect({ ...last, targetHandle: port }))]
    : [];
  const gone = edges.length === 0 || node.type === "Output" ? [site.fix(`Remove ${node.id}`, removeNode(node.id))] : [];
  return [
    ...freeSources(site, node.id).map((free) => connected(site, free, node.id, port)),
    ...moved,
    ...bypassed(site, node.id),
    ...(site.path.length === 0 ? [inputBefore(site, node, port)] : []),
    ...gone,
  ];
}

function connected(site: Site, [source, handle]: readonly [string, string], target: string, port: string): Fix {
  return site.fix(
    `Connect ${source} to it`,
    connect(edge(source, target, { sourceHandle: handle, targetHandle: port })),
  );
}

/** Outputs that lead nowhere and do not come from the node itself. */
function freeSources(site: Site, id: string): [string, string][] {
  const after = followers(site, id);
  return site.graph.nodes
    .filter((node) => node.type !== "Output" && !after.has(node.id) && site.outOf(node.id).length === 0)
    .flatMap((node): [string, string][] => {
      const [first] = outputsOf(node);
      return first ? [[node.id, first.endsWith(".*") ? `${first.slice(0, -1)}0` : first]] : [];
    })
    .slice(-MOST_SOURCES)
    .reverse();
}

function followers(site: Site, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (const each of found) for (const { target } of site.outOf(each)) found.add(target);
  return found;
}

/** A node that joins, with one input only: what enters goes on without it. */
function bypassed(site: Site, id: string): Fix[] {
  const [only, second] = site.into(id);
  if (!only || second) return [];
  const onwards = site
    .outOf(id)
    .map((each) => connect({ ...each, source: only.source, sourceHandle: only.sourceHandle }));
  return [site.fix(`Take ${id} out, and let ${only.source} lead on`, removeNode(id), ...onwards)];
}
