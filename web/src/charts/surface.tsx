/** The drawn part of a chart: curves, the line under the finger, what is being selected; read by keys as well. */

import { type KeyboardEvent, useCallback, useEffect, useRef } from "react";
import type { Range } from "./extent.js";
import { Plot, type Scene } from "./plot.js";
import { Pointing } from "./pointing.js";
import { stepBy } from "./readout.js";

interface Props {
  readonly name: string;
  readonly scene: Scene;
  readonly step: number | null;
  readonly onStep: (step: number | null) => void;
  readonly onRange: (range: Range | null) => void;
  /** The reading at the step, for those who hear it. */
  readonly spoken: string;
  readonly className?: string;
}

export function Surface({ name, scene, step, onStep, onRange, spoken, className = "h-56 sm:h-64" }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const selection = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const now = useRef({ step, onStep, onRange });
  now.current = { step, onStep, onRange };

  const place = useCallback(() => {
    const [drawn, mark] = [plot.current, line.current];
    if (!drawn || !mark || !drawn.area) return;
    const { step } = now.current;
    const [from, to] = drawn.range();
    mark.hidden = step === null || step < from || step > to;
    if (step !== null) mark.style.transform = `translateX(${offset(drawn) + drawn.positionOf(step, 1).x}px)`;
  }, []);

  useEffect(() => {
    const [outer, inner] = [frame.current, host.current];
    if (!outer || !inner) return;
    const drawn = new Plot(inner, place);
    plot.current = drawn;
    const pointing = new Pointing(outer, drawn, {
      onRead: (step) => now.current.onStep(step),
      onRange: (range) => now.current.onRange(range),
      onSelecting: (pixels) => showSelection(selection.current, pixels, offset(drawn)),
    });
    return () => {
      pointing.stop();
      drawn.destroy();
      plot.current = null;
    };
  }, [place]);
  useEffect(() => plot.current?.show(scene), [scene]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line moves with the step, which it finds for itself.
  useEffect(place, [step]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") return step === null ? onRange(null) : onStep(null);
    const curves = scene.lines.map(({ curve }) => curve);
    const next = stepBy(event.key, step, curves);
    if (next === null) return;
    event.preventDefault();
    onStep(next);
  };
  const [least, greatest] = plot.current?.whole() ?? [0, 1];
  return (
    <div
      ref={frame}
      role="slider"
      tabIndex={0}
      aria-label={`${name}; arrow keys read it step by step`}
      aria-valuemin={least}
      aria-valuemax={greatest}
      aria-valuenow={step ?? greatest}
      aria-valuetext={spoken}
      onKeyDown={onKeyDown}
      className={`relative cursor-crosshair touch-pan-y select-none rounded-lg ${className}`}
    >
      <div ref={host} className="absolute inset-0" />
      <div
        ref={line}
        hidden
        className="pointer-events-none absolute top-2 bottom-7 left-0 w-px bg-line-strong will-change-transform"
      />
      <div
        ref={selection}
        hidden
        className="pointer-events-none absolute top-2 bottom-7 left-0 rounded-sm bg-accent opacity-20"
      />
    </div>
  );
}

/** From the left of the chart to where curves begin. */
function offset(plot: Plot): number {
  return plot.area?.offsetLeft ?? 0;
}

function showSelection(element: HTMLElement | null, pixels: Range | null, left: number): void {
  if (!element) return;
  element.hidden = pixels === null;
  if (!pixels) return;
  element.style.transform = `translateX(${left + pixels[0]}px)`;
  element.style.width = `${pixels[1] - pixels[0]}px`;
}
