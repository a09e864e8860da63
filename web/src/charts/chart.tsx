/** A chart: its title, what can be done with it, the curves, and the same in words. */

import { useMemo, useState } from "react";
import { Button } from "../ui/button.js";
import type { Range } from "./extent.js";
import { Legend, type Line, saying } from "./legend.js";
import type { Best } from "./readout.js";
import { Surface } from "./surface.js";

export interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Which values are good. */
  readonly which?: Best;
  /** Points over which lines are smoothed. */
  readonly span: number;
  readonly range: Range | null;
  readonly onRange: (range: Range | null) => void;
  readonly within?: Range;
  readonly value: (value: number) => string;
  /** A step on the axis, and in a sentence. */
  readonly step: (step: number) => string;
  readonly at?: (step: number) => string;
  /** Alone on its page: higher, and with a heading of its own rank. */
  readonly tall?: boolean;
}

export function Chart(props: ChartProps) {
  const { title, lines, which = null, span, range, onRange, within, value, step: onAxis } = props;
  const at = props.at ?? ((step: number) => `step ${onAxis(step)}`);
  const Heading = props.tall ? "h2" : "h3";
  const [log, setLog] = useState(false);
  const [step, setStep] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => lines.filter(({ key }) => !hidden.has(key)), [lines, hidden]);
  const scene = useMemo(
    () => ({ lines: shown, span, log, range, value, step: onAxis, ...(within && !log && { within }) }),
    [shown, span, log, range, value, onAxis, within],
  );
  const spoken = shown.map(({ label, curve }) => `${label}: ${saying(curve, step, which, value, at)}`).join("; ");
  return (
    <section
      aria-label={title}
      className="grid min-w-0 grid-cols-1 gap-2 rounded-card border border-line bg-surface p-4"
    >
      <header className="flex min-h-9 flex-wrap items-center gap-1">
        <Heading className="grow font-medium">{title}</Heading>
        {range ? <Quiet onClick={() => onRange(null)}>Reset zoom</Quiet> : null}
        <Quiet pressed={log} onClick={() => setLog(!log)}>
          Log scale
        </Quiet>
      </header>
      <Surface
        name={title}
        scene={scene}
        step={step}
        onStep={setStep}
        onRange={onRange}
        spoken={spoken}
        className={props.tall ? "h-72 sm:h-[26rem]" : "h-52 sm:h-60"}
      />
      <Legend
        lines={lines}
        hidden={hidden}
        onToggle={(key) => setHidden((before) => toggled(before, key))}
        step={step}
        which={which}
        value={value}
        at={at}
      />
    </section>
  );
}

function Quiet(props: { pressed?: boolean; onClick: () => void; children: string }) {
  return (
    <Button
      look="quiet"
      {...(props.pressed !== undefined && { "aria-pressed": props.pressed })}
      onClick={props.onClick}
      className="px-3 text-xs text-muted aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
    >
      {props.children}
    </Button>
  );
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
