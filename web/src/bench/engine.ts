/** What bench/engine.py runs in Node and in Chromium: milliseconds of an analysis by size of network, and of an edit. */

import { analyze } from "../blueprint/analysis.js";
import { type Graph, parse } from "../blueprint/document.js";
import { configure } from "../blueprint/edits.js";
import { Session } from "../blueprint/session.js";

const LEAST_ROUNDS = 9;
const ROUND_MS = 4;
const WARM_UP_MS = 500;

/** Documents by their number of nodes, as text; and which of them is edited at which convolution. */
interface Given {
  readonly documents: Readonly<Record<string, string>>;
  readonly edited: string;
  readonly convolution: string;
}

/** Measure, and print the figures where they are looked for. */
export function show(given: Given): void {
  const text = JSON.stringify(measure(given));
  const place = globalThis.document?.getElementById("found");
  if (place) place.textContent = text;
  else console.log(text);
}

function measure({ documents, edited, convolution }: Given): object {
  const graphs = new Map(Object.entries(documents).map(([nodes, document]) => [nodes, parse(document)]));
  const analysis = [...graphs].map(([nodes, graph]) => [nodes, timed(() => analyze(graph))]);
  const edit = editing(new Session(graphs.get(edited) as Graph), convolution);
  return { analysis_ms: Object.fromEntries(analysis), edit_ms: timed(edit) };
}

/** Make one convolution wider and narrower by turns. */
function editing(session: Session, convolution: string): () => void {
  let width = 16;
  return () => {
    width = width === 16 ? 24 : 16;
    session.apply([configure(convolution, new Map([["out_channels", width]]))]);
    if (session.figures(convolution)?.outputs.get("out")?.shape[1] !== width) throw new Error("the edit was lost");
  };
}

/** Milliseconds of a run, median and least of many rounds; short rounds meet other work seldom. */
function timed(run: () => void): object {
  const once = warmedUp(run);
  const many = Math.max(1, Math.round(ROUND_MS / once));
  const rounds = Math.max(LEAST_ROUNDS, Math.round(1000 / (many * once)));
  const found = Array.from({ length: rounds }, () => mean(run, many)).sort((a, b) => a - b);
  return { median: found[rounds >> 1], least: found[0] };
}

/** Run until the compiler of the JavaScript engine has seen enough; gives the mean milliseconds of a run. */
function warmedUp(run: () => void): number {
  const started = performance.now();
  let runs = 0;
  while (runs < 2 || performance.now() - started < WARM_UP_MS) {
    run();
    runs++;
  }
  return (performance.now() - started) / runs;
}

function mean(run: () => void, many: number): number {
  const started = performance.now();
  for (let n = 0; n < many; n++) run();
  return (performance.now() - started) / many;
}
