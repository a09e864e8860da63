/** The edges into one node sorted by its ports, and what is wrong there. */

import type { Edge } from "./document.js";
import { error, type Issue, titled } from "./issues.js";
import { accepts, indexOf, type Port } from "./layer.js";
import { quoted } from "./quoting.js";

export type Source = readonly [port: string, source: string, out: string];

/** What enters a node, in port order, and what is wrong there. */
export interface Sockets {
  readonly sources: readonly Source[];
  readonly issues: readonly Issue[];
  readonly incomplete: boolean;
}

/** Sort the edges into a node by its ports, and report those that fit none, or one already taken. */
export function sockets(type: string, path: string, ports: readonly Port[], edges: readonly Edge[]): Sockets {
  const [edge, only] = [edges[0], ports[0]];
  if (edges.length === 1 && ports.length === 1 && edge && only && !only.variadic && edge.targetHandle === only.name) {
    return { sources: [[only.name, edge.source, edge.sourceHandle ?? ""]], issues: [], incomplete: false };
  }
  const taken = new Map<string, Edge>();
  const issues: Issue[] = [];
  for (const edge of edges) {
    const handle = edge.targetHandle ?? "";
    const first = taken.get(handle);
    if (!ports.some((port) => accepts(port, handle))) issues.push(noSuchInput(type, path, ports, edge));
    else if (first) issues.push(secondInput(type, path, edge, first));
    else taken.set(handle, edge);
  }
  return plugged(type, path, ports, taken, issues);
}

function plugged(
  type: string,
  path: string,
  ports: readonly Port[],
  taken: Map<string, Edge>,
  issues: Issue[],
): Sockets {
  const sources: Source[] = [];
  let incomplete = false;
  for (const port of ports) {
    const other = taken.get(port.standIn);
    if (other && !taken.has(port.name)) taken.set(port.name, other);
    const handles = handlesOf(port, taken);
    for (const handle of handles) {
      const edge = taken.get(handle) as Edge;
      sources.push([handle, edge.source, edge.sourceHandle ?? ""]);
    }
    const missing = missingAt(port, handles);
    if (missing === null) continue;
    incomplete = true;
    issues.push(missingInput(type, path, port, missing, handles.length));
  }
  return { sources, issues, incomplete };
}

function handlesOf(port: Port, taken: ReadonlyMap<string, Edge>): string[] {
  const mine = [...taken.keys()].filter((handle) => accepts(port, handle));
  return mine.sort((a, b) => (indexOf(port, a) ?? 0) - (indexOf(port, b) ?? 0));
}

/** The first port that should be connected and is not. */
function missingAt(port: Port, handles: readonly string[]): string | null {
  if (!port.variadic) return handles.length > 0 || port.optional ? null : port.name;
  const wrong = handles.findIndex((handle, n) => indexOf(port, handle) !== n);
  const gap = wrong < 0 ? handles.length : wrong;
  return gap < Math.max(port.minimum, handles.length) ? `${port.name}.${gap}` : null;
}

function noSuchInput(type: string, path: string, ports: readonly Port[], edge: Edge): Issue {
  const names = ports.map((port) => (port.variadic ? `${port.name}.0, ${port.name}.1, ...` : quoted(port.name)));
  const mend = names.length > 0 ? `connect it to ${names.join(", ")}` : "it takes none, remove the edge";
  const handle = quoted(edge.targetHandle || "in");
  const what = `${titled(type, path)}: has no input ${handle} for the edge from ${quoted(edge.source)}`;
  return error("unknown_port", what, mend, path, edge.targetHandle);
}

function secondInput(type: string, path: string, edge: Edge, first: Edge): Issue {
  const handle = edge.targetHandle ?? "";
  const both = `both ${quoted(first.source)} and ${quoted(edge.source)} feed ${quoted(handle)}`;
  const mend = "keep one of the edges, or join the two by Add or Concat";
  return error("too_many_inputs", `${titled(type, path)}: ${both}`, mend, path, handle);
}

function missingInput(type: string, path: string, port: Port, missing: string, connected: number): Issue {
  const least = Math.max(port.minimum, connected + 1);
  const what = port.variadic
    ? `${connected} of at least ${least} inputs are connected`
    : `nothing is connected to ${quoted(missing)}`;
  const mend = `connect a layer to ${quoted(missing)}`;
  return error("missing_input", `${titled(type, path)}: ${what}`, mend, path, missing);
}
