/** The curves of several runs in one chart. */

import { useMemo, useState } from "react";
import { Chart } from "../charts/chart.js";
import type { Range } from "../charts/extent.js";
import { strokeOf } from "../charts/palette.js";
import { Smoothing } from "../charts/smoothing.js";
import { duration } from "../format/figures.js";
import { SelectField } from "../ui/field.js";
import { aligned } from "./comparing.js";
import { AXES, type Axis } from "./listing.js";
import { figure, grouped, kind, kindOf, seriesTitle } from "./series.js";
import type { Compared } from "./useCompared.js";

interface Props {
  readonly compared: readonly Compared[];
  readonly metric: string;
  readonly axis: Axis;
  readonly onMetric: (metric: string) => void;
  readonly onAxis: (axis: Axis) => void;
}

const TITLES: Record<Axis, string> = { step: "Step", epoch: "Epoch", time: "Device time" };
const ON_AXIS: Record<Axis, (x: number) => string> = {
  step: (step) => step.toLocaleString("en"),
  epoch: figure,
  time: (seconds) => duration(seconds * 1000),
};
const AT: Record<Axis, (x: number) => string> = {
  step: (step) => `step ${step.toLocaleString("en")}`,
  epoch: (epoch) => `epoch ${Number(epoch.toFixed(2))}`,
  time: (seconds) => duration(seconds * 1000),
};

export function Overlay({ compared, metric, axis, onMetric, onAxis }: Props) {
  const [span, setSpan] = useState(1);
  const [range, setRange] = useState<Range | null>(null);
  const { which, value, within } = useMemo(() => kind(kindOf(metric)), [metric]);
  const series = grouped(new Set(compared.flatMap(({ series }) => series))).flatMap(([, names]) => names);
  const lines = useMemo(
    () =>
      compared.flatMap(({ run, curve }, place) => {
        const found = curve && aligned(curve, run, axis);
        const marked = metric.startsWith("val/");
        return found ? [{ key: run.id, label: run.name, curve: found, stroke: strokeOf(place), marked }] : [];
      }),
    [compared, axis, metric],
  );
  const absent = compared.filter(({ run }) => !lines.some(({ key }) => key === run.id));
  return (
    <div className="grid min-w-0 grid-cols-1 gap-4">
      <div className="flex flex-wrap items-end gap-4">
        <SelectField label="Metric" value={metric} onChange={(event) => onMetric(event.target.value)}>
          {series.map((name) => (
            <option key={name} value={name}>
              {seriesTitle(name)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Along"
          value={axis}
          onChange={(event) => {
            setRange(null);
            onAxis(event.target.value as Axis);
          }}
        >
          {AXES.map((each) => (
            <option key={each} value={each}>
              {TITLES[each]}
            </option>
          ))}
        </SelectField>
        <Smoothing span={span} onSpan={setSpan} />
      </div>
      <Chart
        title={`${seriesTitle(metric)} by ${TITLES[axis].toLowerCase()}`}
        lines={lines}
        which={which}
        span={span}
        range={range}
        onRange={setRange}
        {...(within && { within })}
        value={value}
        step={ON_AXIS[axis]}
        at={AT[axis]}
        tall
      />
      {axis === "time" ? (
        <p className="text-xs text-muted">Device time at each run's average pace; waiting is not counted.</p>
      ) : null}
      {absent.length > 0 ? (
        <p className="text-xs text-muted" dir="auto">
          Without such a curve: {absent.map(({ run }) => run.name).join(", ")}.
        </p>
      ) : null}
    </div>
  );
}
