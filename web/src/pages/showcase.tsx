/** A small network that reads digits, drawn and counted by the same engine that will count yours. */

import { analyze, type Dim, edge, type Graph, graph, type Json, node, text } from "../blueprint/index.js";
import { shapesOf } from "../canvas/cards.js";
import { colourOf } from "../canvas/categories.js";
import { type Box, picture } from "../canvas/picture.js";
import { bytes, count } from "../format/figures.js";

const NETWORK = network();
const ANALYSIS = analyze(NETWORK);
const DRAWN = picture(NETWORK, { shapes: shapesOf(ANALYSIS), padding: 24 });
const TOTALS = ANALYSIS.totals;

export default function Showcase() {
  const { x, y, width, height } = DRAWN.view;
  return (
    <figure className="mx-auto grid w-full max-w-xl justify-items-center gap-6">
      <svg
        viewBox={`${x} ${y} ${width} ${height}`}
        role="img"
        aria-label="A network that reads handwritten digits in two branches, one looking near, one looking further"
        className="max-h-[58dvh] w-full"
      >
        <path d={DRAWN.wires.join("")} fill="none" strokeWidth={2.5} className="stroke-line-strong" />
        {DRAWN.boxes.map((box) => (
          <Layer key={box.id} {...box} />
        ))}
      </svg>
      <figcaption className="grid justify-items-center gap-3 text-sm text-muted">
        <dl className="flex gap-8">
          <Figure label="Parameters" value={figure(TOTALS.params, count)} />
          <Figure label="Multiply-adds" value={figure(TOTALS.macs, count)} />
          <Figure label="To train" value={figure(TOTALS.trainingBytes, bytes)} />
        </dl>
        <p>Every shape and count was worked out here, as this page opened.</p>
      </figcaption>
    </figure>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="grid justify-items-center">
      <dt className="text-xs">{label}</dt>
      <dd className="tabular text-lg font-semibold text-ink">{value}</dd>
    </div>
  );
}

function figure(value: Dim, written: (text: string) => string): string {
  return written(text(value));
}

function Layer({ look, type, shape, x, y, width, height }: Box) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect width={width} height={height} rx={16} className="fill-surface stroke-line" strokeWidth={1.5} />
      <rect x={10} y={10} width={44} height={44} rx={11} style={{ fill: colourOf(look) }} />
      <path
        d={look.mark}
        transform="translate(20 20)"
        fill="none"
        strokeWidth={2}
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-surface"
      />
      <text x={66} y={shape ? 29 : 38} className="fill-ink text-[15px] font-semibold">
        {type}
      </text>
      <text x={66} y={48} className="tabular fill-muted text-[12px]">
        {shape}
      </text>
    </g>
  );
}

function network(): Graph {
  const layer = (id: string, type: string, x: number, row: number, config: [string, Json][] = []) =>
    node(id, type, { position: { x: 256 * x, y: 96 * row }, config: new Map(config) });
  const wide = (size: number): [string, Json][] => [
    ["out_channels", 16],
    ["kernel_size", size],
    ["padding", (size - 1) / 2],
  ];
  const nodes = [
    layer("in", "Input", 0.5, 0, [["shape", ["B", 1, 8, 8]]]),
    layer("near", "Conv2d", 0, 1, wide(3)),
    layer("far", "Conv2d", 1, 1, wide(5)),
    layer("act1", "ReLU", 0, 2),
    layer("act2", "ReLU", 1, 2),
    layer("both", "Concat", 0.5, 3),
    layer("pool", "GlobalAvgPool", 0.5, 4),
    layer("head", "Linear", 0.5, 5, [["out_features", 10]]),
    layer("out", "Output", 0.5, 6),
  ];
  const ways = ["in near act1", "in far act2", "both pool head out"].map((way) => way.split(" "));
  const along = ways.flatMap((ids) => ids.slice(1).map((id, at) => edge(ids[at] as string, id)));
  const joined = ["act1", "act2"].map((id, at) => edge(id, "both", { targetHandle: `in.${at}` }));
  return graph({ name: "digits", nodes, edges: [...along, ...joined] });
}
