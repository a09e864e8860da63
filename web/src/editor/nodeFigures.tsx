/** What a node, or several, gives and costs: shapes, and figures short in text and exact in titles. */

import type { Dim } from "../blueprint/index.js";
import { shapeText } from "../canvas/cards.js";
import type { AtPort } from "../canvas/determined.js";
import { type Told, toldBytes, toldCount } from "../canvas/figuring.js";

/** Figures of one node, or sums of several. */
export interface Figures {
  readonly params: Dim;
  readonly trainableParams: Dim;
  readonly macs: Dim;
  readonly activationBytes: Dim;
  readonly flops: Dim;
}

export function FigureList({ figures }: { figures: Figures }) {
  const { params, trainableParams, macs, flops, activationBytes } = figures;
  const trains = toldCount(trainableParams);
  const rows: [string, Told, string?][] = [
    ["Parameters", toldCount(params), trainableParams === params ? "" : `${trains.short} train`],
    ["MACs", toldCount(macs), "a sample"],
    ["FLOPs", toldCount(flops), "a sample"],
    ["Activations", toldBytes(activationBytes), "a sample"],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
      {rows.map(([name, told, note]) => (
        <div key={name} className="min-w-0">
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="tabular text-sm font-medium [overflow-wrap:anywhere]" title={told.exact}>
            {told.short} {note ? <span className="text-xs font-normal text-muted">{note}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Tensors at the ports of one side of a node. */
export function Ports({ title, ports }: { title: string; ports: readonly AtPort[] }) {
  if (ports.length === 0) return null;
  return (
    <div>
      <h4 className="text-xs text-muted">{title}</h4>
      <ul className="mt-1 grid gap-1.5">
        {ports.map(({ port, tensor }) => (
          <li key={port} className="flex flex-wrap items-baseline gap-x-2 text-sm">
            {ports.length > 1 || (port !== "in" && port !== "out") ? (
              <span dir="auto" className="max-w-full truncate font-mono text-xs text-muted">
                {port}
              </span>
            ) : null}
            <span className="tabular font-medium [overflow-wrap:anywhere]">
              {tensor ? shapeText(tensor.shape) : "not known yet"}
            </span>
            {tensor ? <span className="text-xs text-muted">{tensor.dtype}</span> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}
