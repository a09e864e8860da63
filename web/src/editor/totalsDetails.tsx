/** How training is counted, what it takes part by part, and on which GPU it fits. */

import type { ReactNode } from "react";
import { text } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { inputsNaming, toldBytes, toldCount } from "../canvas/figuring.js";
import { type Parts, partsOf } from "../canvas/fits.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { FitList } from "./fitList.js";
import { TrainingControls } from "./trainingControls.js";
import { useBudget } from "./useBudget.js";
import type { View } from "./view.js";

export function TotalsDetails({ drawing, view }: { drawing: Drawing; view: View }) {
  const { analysis, training } = useDrawn(drawing, (drawn) => drawn);
  const { totals } = analysis;
  const budget = useBudget(drawing);
  const trains = totals.trainableParams === totals.params ? "" : `${toldCount(totals.trainableParams).exact} train`;
  return (
    <div className="grid gap-5">
      <section aria-label="Counts" className="grid gap-2">
        <Row name="Parameters" told={toldCount(totals.params).exact} note={trains} />
        <Row name="MACs a sample" told={toldCount(totals.macs).exact} />
        <Row name="FLOPs a sample" told={toldCount(totals.flops).exact} />
      </section>
      <section aria-label="Training memory" className="grid gap-4 border-t border-line pt-5">
        <h3 className="text-sm font-semibold">Memory to train</h3>
        <TrainingControls drawing={drawing} />
        <Breakdown parts={partsOf(totals, training)} whole={toldBytes(totals.trainingBytes)} />
      </section>
      <section aria-label="GPUs" className="grid gap-3 border-t border-line pt-5">
        <h3 className="text-sm font-semibold">Where it fits</h3>
        {budget.open.length > 0 ? (
          <OpenSizes drawing={drawing} view={view} names={budget.open} bytes={text(totals.trainingBytes)} />
        ) : (
          <FitList budget={budget} batch={Number(training.batch)} />
        )}
        {analysis.valid ? null : (
          <p className="text-xs text-pretty text-warn">
            Layers with problems are not counted; mend them for the whole figure.
          </p>
        )}
      </section>
    </div>
  );
}

function Row({ name, told, note, children }: { name: string; told: string; note?: string; children?: ReactNode }) {
  return (
    <p className="flex items-baseline gap-3 text-sm">
      {children}
      <span className="shrink-0 text-muted">{name}</span>
      <span className="tabular min-w-0 grow text-right font-medium [overflow-wrap:anywhere]">
        {told}
        {note ? <span className="block text-xs font-normal text-muted">{note}</span> : null}
      </span>
    </p>
  );
}

const PARTS: readonly (readonly [keyof Parts, name: string, shade: number])[] = [
  ["weights", "Weights", 100],
  ["gradients", "Gradients", 75],
  ["optimizer", "Optimizer state", 54],
  ["activations", "Activations", 34],
];

function Breakdown({ parts, whole }: { parts: Parts; whole: ReturnType<typeof toldBytes> }) {
  const sizes = PARTS.map(([part]) => Number(text(parts[part])));
  const sum = sizes.reduce((all, size) => all + size, 0);
  return (
    <div className="grid gap-2">
      {Number.isFinite(sum) && sum > 0 ? (
        <div aria-hidden="true" className="flex h-3 overflow-hidden rounded-full bg-sunken">
          {PARTS.map(([part, , shade], at) => (
            <div key={part} style={{ width: `${(100 * (sizes[at] ?? 0)) / sum}%`, background: shaded(shade) }} />
          ))}
        </div>
      ) : null}
      {PARTS.map(([part, name, shade]) => {
        const told = toldBytes(parts[part]);
        return (
          <div key={part} title={told.exact}>
            <Row name={name} told={told.short}>
              <span
                aria-hidden="true"
                className="size-2.5 shrink-0 self-center rounded-full"
                style={{ background: shaded(shade) }}
              />
            </Row>
          </div>
        );
      })}
      <div title={whole.exact} className="border-t border-line pt-2">
        <Row name="Together" told={whole.short} />
      </div>
    </div>
  );
}

function shaded(percent: number): string {
  return `color-mix(in oklab, var(--accent) ${percent}%, var(--surface))`;
}

/** Sizes without a number: which, and where they are given. */
function OpenSizes(props: { drawing: Drawing; view: View; names: readonly string[]; bytes: string }) {
  const { drawing, view, names, bytes } = props;
  const graph = useDrawn(drawing, ({ graph }) => graph);
  const inputs = [...new Set(names.flatMap((name) => inputsNaming(graph, name)))];
  return (
    <div className="grid gap-2 text-sm text-pretty">
      <p>
        {names.length === 1 ? "The size" : "The sizes"} <bdi className="font-mono">{names.join(", ")}</bdi>{" "}
        {names.length === 1 ? "is" : "are"} left open. Give {names.length === 1 ? "it as a number" : "them as numbers"}{" "}
        to see where training fits.
      </p>
      <p className="font-mono text-xs [overflow-wrap:anywhere] text-muted">{bytes} bytes</p>
      {inputs.map((id) => (
        <button
          key={id}
          type="button"
          onClick={() => goTo(view, id)}
          className="min-h-11 w-fit rounded-[10px] px-3 text-sm font-medium text-accent-text hover:bg-accent-soft sm:min-h-9"
        >
          Go to Input <bdi>{id}</bdi>
        </button>
      ))}
    </div>
  );
}

function goTo(view: View, id: string): void {
  view.goTo(id);
  view.show("inspector");
}
