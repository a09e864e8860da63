/** Mendings of where a network begins and ends. */

import {
  addNode,
  connect,
  type Edit,
  edge,
  type Json,
  layerOf,
  type Node,
  node as newNode,
  outputsOf,
  removeNode,
} from "../blueprint/index.js";
import { idsOf } from "./adding.js";
import { type Fault, type Fix, Site } from "./fault.js";
import { ROW } from "./geometry.js";
import { newId } from "./naming.js";
import { placeOf } from "./scope.js";

export function endsFixes(fault: Fault): readonly Fix[] {
  if (fault.issue.code === "unreachable") return leadingNowhere(fault);
  const site = insideOf(fault);
  if (!site) return [];
  return fault.issue.code === "no_input" ? [withInput(site)] : withOutput(site);
}

/** The graph that lacks an end: the whole, or the Block the issue names. */
function insideOf({ issue, whole, analysis, site }: Fault): Site | null {
  return issue.node === null ? site : Site.at(whole, issue.node.split("/"), analysis);
}

function leadingNowhere({ site, node }: Fault): Fix[] {
  if (!node) return [];
  const waiting = site.analysis.issues.filter((issue) => issue.code === "missing_input" && issue.node !== null);
  const [handle] = outputsOf(node);
  const sockets = waiting.flatMap((issue) => {
    const { path, id } = placeOf(issue.node as string);
    const here = path.length === site.path.length && path.every((part, at) => part === site.path[at]);
    return here && handle && issue.port
      ? [
          site.fix(
            `Connect it to ${id}`,
            connect(edge(node.id, id, { sourceHandle: handle, targetHandle: issue.port })),
          ),
        ]
      : [];
  });
  const free = site.outOf(node.id).length === 0;
  return [
    ...sockets,
    ...(free ? [site.fix(`Remove ${node.id}`, removeNode(node.id))] : []),
    ...(free && handle ? [site.fix("Add an Output after it", ...outputAfter(site, node, handle))] : []),
    ...(free ? [] : [site.fix(`Remove it and what follows`, ...[...following(site, node.id)].map(removeNode))]),
  ];
}

function following(site: Site, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (const each of found) for (const { target } of site.outOf(each)) found.add(target);
  return found;
}

function withInput(site: Site): Fix {
  const takes = (node: Node) => (layerOf(node.type)?.inputs.length ?? 0) > 0;
  return inputBefore(
    site,
    site.graph.nodes.find((node) => takes(node) && site.into(node.id).length === 0),
  );
}

/** A new Input, for a port of a node where there is one. */
export function inputBefore(site: Site, node: Node | undefined, port: string | null = null): Fix {
  const id = newId("Input", idsOf(site.graph));
  const [shape, dtype] = fedTo(node);
  const config = new Map<string, Json>([["shape", shape]]);
  if (dtype !== "float32") config.set("dtype", dtype);
  const added = addNode(newNode(id, "Input", { config, position: beside(node, -ROW) }));
  const said = site.path.length > 0 ? "Add an Input" : `Add an Input [${shape.join(", ")}]`;
  return site.fix(said, added, ...(node ? [connect(edge(id, node.id, { targetHandle: port }))] : []));
}

/** A usual sample for a layer: of its dimensions, and of the channels or features it was told. */
function fedTo(node: Node | undefined): [shape: (string | number)[], dtype: string] {
  const size = (name: string, usual: number) => {
    const given = node?.config.get(name);
    return typeof given === "number" ? given : usual;
  };
  const type = node?.type ?? "";
  const axes = Number(type.match(/([123])d$/)?.[1] ?? (/2d|Patch|Squeeze|Pixel/.test(type) ? 2 : 0));
  if (axes > 0) return [["B", size("in_channels", size("num_features", 3)), ...[32, 32, 16].slice(0, axes)], "float32"];
  if (type.startsWith("Embedding")) return [["B", 128], "int64"];
  const category = layerOf(type)?.category ?? "";
  if (["recurrent", "attention", "positions"].includes(category))
    return [["B", 128, size("input_size", size("embed_dim", 64))], "float32"];
  if (category === "linear") return [["B", size("in_features", 64)], "float32"];
  return [["B", 3, 32, 32], "float32"];
}

function withOutput(site: Site): Fix[] {
  const free = site.graph.nodes.filter((node) => outputsOf(node).length > 0 && site.outOf(node.id).length === 0);
  const known = free.filter(({ id }) => site.analysis.nodes.has([...site.path, id].join("/")));
  return [...(known.length > 0 ? known : free)].reverse().map((node) => {
    const [handle] = outputsOf(node) as [string];
    return site.fix(`Add an Output after ${node.id}`, ...outputAfter(site, node, handle));
  });
}

function outputAfter(site: Site, node: Node, handle: string): Edit[] {
  const id = newId("Output", idsOf(site.graph));
  const sourceHandle = handle.endsWith(".*") ? `${handle.slice(0, -1)}0` : handle;
  return [
    addNode(newNode(id, "Output", { position: beside(node, ROW) })),
    connect(edge(node.id, id, { sourceHandle })),
  ];
}

function beside(node: Node | undefined, down: number): Node["position"] {
  return node?.position ? { x: node.position.x, y: node.position.y + down } : null;
}
