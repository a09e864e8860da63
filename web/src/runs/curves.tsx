/** The curves of a run, each kind in its chart; looked at closer together. */

import { useMemo, useState } from "react";
import { Chart } from "../charts/chart.js";
import type { Curve } from "../charts/curve.js";
import type { Range } from "../charts/extent.js";
import { strokeOf } from "../charts/palette.js";
import { Smoothing } from "../charts/smoothing.js";
import { Skeleton } from "../ui/states.js";
import { grouped, kind, splitOf } from "./series.js";

interface Props {
  readonly curves: ReadonlyMap<string, Curve>;
  readonly read: boolean;
  readonly over: boolean;
  /** Steps of one epoch; 0 before it is known. */
  readonly perEpoch: number;
  /** Somebody looks closer. */
  readonly onZoom: () => void;
}

const onAxis = (step: number) => step.toLocaleString("en");

export function Curves({ curves, read, over, perEpoch, onZoom }: Props) {
  const [span, setSpan] = useState(1);
  const [range, setRange] = useState<Range | null>(null);
  const at = useMemo(() => wordsFor(perEpoch), [perEpoch]);
  const zoom = (next: Range | null) => {
    setRange(next);
    if (next) onZoom();
  };
  if (curves.size === 0) return read ? <None over={over} /> : <Skeleton className="h-64" />;
  return (
    <section aria-label="Curves" className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-6">
        <h2 className="text-base font-semibold">Curves</h2>
        <Smoothing span={span} onSpan={setSpan} />
      </div>
      <div className="grid min-w-0 gap-4 lg:grid-cols-2">
        {grouped(curves.keys()).map(([name, series]) => (
          <KindChart
            key={name}
            name={name}
            series={series}
            curves={curves}
            span={span}
            range={range}
            onRange={zoom}
            at={at}
          />
        ))}
      </div>
      <p className="text-xs text-muted">
        Drag over a chart or pinch it to look closer; double-click resets. Bands and faint lines show what smoothing and
        thinning would hide.
      </p>
    </section>
  );
}

interface KindProps extends Pick<Props, "curves"> {
  readonly name: string;
  readonly series: readonly string[];
  readonly span: number;
  readonly range: Range | null;
  readonly onRange: (range: Range | null) => void;
  readonly at: (step: number) => string;
}

function KindChart({ name, series, curves, span, range, onRange, at }: KindProps) {
  const { title, which, value, within } = useMemo(() => kind(name), [name]);
  // A curve that has not grown keeps its line, so that its chart is not drawn again.
  const found = series.map((each) => curves.get(each) as Curve);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the curves themselves say whether there is something new.
  const lines = useMemo(
    () =>
      series.map((each, place) => ({
        key: each,
        label: splitOf(each) || title,
        curve: found[place] as Curve,
        stroke: strokeOf(place),
        marked: each.startsWith("val/"),
      })),
    [title, series.join(), ...found],
  );
  return (
    <Chart
      title={title}
      lines={lines}
      which={which}
      span={span}
      range={range}
      onRange={onRange}
      {...(within && { within })}
      value={value}
      step={onAxis}
      at={at}
    />
  );
}

function wordsFor(perEpoch: number): (step: number) => string {
  if (perEpoch <= 0) return (step) => `step ${onAxis(step)}`;
  return (step) => `step ${onAxis(step)} (epoch ${Math.max(1, Math.ceil(step / perEpoch))})`;
}

function None({ over }: { over: boolean }) {
  return (
    <p className="rounded-card border border-dashed border-line px-4 py-10 text-center text-sm text-muted">
      {over
        ? "Nothing was measured before the run ended."
        : "Curves appear here as soon as the first batches are trained."}
    </p>
  );
}
