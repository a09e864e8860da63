/** Mendings of what enters a layer: another dtype at the Input, or a layer put between or taken out. */

import {
  addNode,
  configure,
  connect,
  disconnect,
  type Edge,
  edge,
  type Json,
  node as newNode,
  removeNode,
} from "../blueprint/index.js";
import { idsOf } from "./adding.js";
import type { Fault, Fix, Site } from "./fault.js";
import { newId } from "./naming.js";

const DTYPES = ["float32", "int64", "int32", "bool"];
const SUMS = new Set(["Add", "Subtract", "Multiply"]);

export function shapeFixes(fault: Fault): readonly Fix[] {
  if (!fault.node) return [];
  if (fault.issue.code === "dtype_mismatch") return otherDtype(fault);
  return [...flattened(fault), ...projected(fault), ...transposed(fault), ...unflattened(fault)];
}

/** The Inputs that a layer depends on, given the dtype the hint names. */
function otherDtype({ issue, site, node }: Fault): Fix[] {
  const dtypes = DTYPES.filter((dtype) => issue.hint?.includes(dtype));
  const inputs = before(site, node?.id ?? "").filter((id) => site.node(id)?.type === "Input");
  return inputs.flatMap((id) =>
    dtypes.map((dtype) => site.fix(`Give ${id} dtype ${dtype}`, configure(id, new Map([["dtype", dtype]])))),
  );
}

function before(site: Site, id: string): string[] {
  const found = new Set([id]);
  for (const each of found) for (const { source } of site.into(each)) found.add(source);
  return [...found];
}

/** An image or a sequence that meets a layer of single vectors. */
function flattened({ site, node, layer }: Fault): Fix[] {
  const [first] = site.into(node?.id ?? "");
  const rank = first && site.tensor(first)?.shape.length;
  if (!first || !rank || rank < 3 || !layer?.fields.some(({ name }) => name === "in_features")) return [];
  return ["Flatten", "GlobalAvgPool"].map((type) => between(site, first, type));
}

/** Branches of different channels that are to be added: a projection brings one to the size of the other. */
function projected({ site, node }: Fault): Fix[] {
  const [one, other] = site.into(node?.id ?? "");
  if (!node || !one || !other || !SUMS.has(node.type)) return [];
  const shorter = before(site, other.source).includes(one.source) ? [one, other] : [other, one];
  const [first, second] = shorter as [Edge, Edge];
  return [...projection(site, first, second), ...projection(site, second, first)];
}

function projection(site: Site, from: Edge, like: Edge): Fix[] {
  const [given, wanted] = [site.tensor(from)?.shape, site.tensor(like)?.shape];
  if (!given || !wanted || given.length !== wanted.length) return [];
  const last = given.length === 4 ? wanted[1] : wanted.at(-1);
  if (typeof last !== "number") return [];
  if (given.length !== 4) return [between(site, from, "Linear", [["out_features", last]])];
  const stride = Math.round(Number(given[2]) / Number(wanted[2])) || 1;
  const settings: [string, Json][] = [
    ["out_channels", last],
    ["kernel_size", 1],
  ];
  return [between(site, from, "Conv2d", stride > 1 ? [...settings, ["stride", stride]] : settings)];
}

function transposed({ issue, site, node }: Fault): Fix[] {
  if (!issue.hint?.includes("Transpose")) return [];
  const dims: [string, Json][] = [
    ["dim0", -2],
    ["dim1", -1],
  ];
  return site
    .into(node?.id ?? "")
    .map((each) => between(site, each, "Transpose", dims))
    .reverse();
}

/** A Flatten that came too early. */
function unflattened({ issue, site, node }: Fault): Fix[] {
  if (!issue.hint?.includes("Flatten")) return [];
  return site
    .into(node?.id ?? "")
    .flatMap(({ source }) => (site.node(source)?.type === "Flatten" ? without(site, source) : []));
}

/** A pooling for which nothing is left. */
export function takenOut({ issue, site, node, layer }: Fault): readonly Fix[] {
  return node && layer?.category === "pooling" && issue.code === "shape_mismatch" ? without(site, node.id) : [];
}

function without(site: Site, id: string): Fix[] {
  const [only, second] = site.into(id);
  if (!only || second) return [];
  const onwards = site
    .outOf(id)
    .map((each) => connect({ ...each, source: only.source, sourceHandle: only.sourceHandle }));
  return [site.fix(`Take ${id} out`, removeNode(id), ...onwards)];
}

function between(site: Site, at: Edge, type: string, settings: [string, Json][] = []): Fix {
  const id = newId(type, idsOf(site.graph));
  const [above, below] = [site.node(at.source)?.position, site.node(at.target)?.position];
  const position = above && below ? { x: (above.x + below.x) / 2, y: (above.y + below.y) / 2 } : null;
  const added = newNode(id, type, { config: new Map(settings), position });
  return site.fix(
    `Put ${article(type)} ${type} after ${at.source}`,
    disconnect(at),
    addNode(added),
    connect(edge(at.source, id, { sourceHandle: at.sourceHandle })),
    connect(edge(id, at.target, { targetHandle: at.targetHandle })),
  );
}

function article(type: string): string {
  return /^[AEIOU]/.test(type) ? "an" : "a";
}
