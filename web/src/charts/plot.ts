/**
 * A plot outside React: uPlot has canvas, scales and axes; the curves are painted here, each on steps of its own.
 *
 * However often it is shown something, it draws once per frame of the screen.
 */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Range, stepsOf, valuesOf } from "./extent.js";
import { type Painted, type Projection, paint } from "./paint.js";
import { type Ink, inkOf } from "./palette.js";
import { labels } from "./ticks.js";

export interface Scene {
  readonly lines: readonly Painted[];
  /** Points over which lines are smoothed; 1 does not. */
  readonly span: number;
  readonly log: boolean;
  /** The steps in view; null for all. */
  readonly range: Range | null;
  /** What values cannot lie beyond, such as shares. */
  readonly within?: Range;
  readonly value: (value: number) => string;
  readonly step: (step: number) => string;
}

const DARK = matchMedia("(prefers-color-scheme: dark)");

export class Plot {
  private scene: Scene | null = null;
  private chart: uPlot | null = null;
  private frame = 0;
  private readonly size: ResizeObserver;
  private readonly theme: MutationObserver;

  /** `drawn` is told after each drawing, when positions can be asked for. */
  constructor(
    private readonly host: HTMLElement,
    private readonly drawn: () => void = () => {},
  ) {
    this.size = new ResizeObserver(() => this.fit());
    this.size.observe(host);
    this.theme = new MutationObserver(() => this.rebuild());
    this.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    DARK.addEventListener("change", this.rebuild);
  }

  show(scene: Scene): void {
    const anew = scene.log !== this.scene?.log;
    this.scene = scene;
    if (anew) this.rebuild();
    else this.request();
  }

  /** Draws at once what is due; for those who cannot wait for the next frame. */
  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { chart, scene } = this;
    if (!chart || !scene) return;
    const [from, to] = this.range();
    const curves = scene.lines.map(({ curve }) => curve);
    const [min, max] = valuesOf(curves, [from, to], scene.log, scene.within);
    chart.batch(() => {
      chart.setScale("x", { min: from, max: to });
      chart.setScale("y", { min, max });
    });
    this.drawn();
  }

  /** The steps in view. */
  range(): Range {
    return this.scene?.range ?? this.whole();
  }

  /** The steps there are. */
  whole(): Range {
    return stepsOf(this.scene?.lines.map(({ curve }) => curve) ?? []);
  }

  /** Where curves are drawn, as an element that can be pointed at. */
  get area(): HTMLElement | null {
    return this.chart?.over ?? null;
  }

  stepAt(x: number): number {
    return this.chart?.posToVal(x, "x") ?? 0;
  }

  positionOf(step: number, value: number): { x: number; y: number } {
    return { x: this.chart?.valToPos(step, "x") ?? 0, y: this.chart?.valToPos(value, "y") ?? 0 };
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.size.disconnect();
    this.theme.disconnect();
    DARK.removeEventListener("change", this.rebuild);
    this.chart?.destroy();
  }

  private request(): void {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.chart) this.rebuild();
    else if (width > 0 && (width !== this.chart.width || height !== this.chart.height)) {
      this.chart.setSize({ width, height });
      this.request();
    }
  }

  private readonly rebuild = (): void => {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.scene || width === 0 || height === 0) return;
    this.chart?.destroy();
    const ink = inkOf(this.host);
    this.chart = new uPlot(
      options(this.scene, ink, width, height, () => this.paintAll(ink)),
      [[0, 1]],
      this.host,
    );
    this.draw();
  };

  private paintAll(ink: Ink): void {
    const { chart, scene } = this;
    if (!chart || !scene) return;
    const { ctx: context, bbox } = chart;
    context.save();
    context.beginPath();
    context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    context.clip();
    const to = projectionOf(chart, scene.log);
    for (const each of scene.lines) paint(context, ink, each, scene.span, to);
    context.restore();
  }
}

/** Straight from figures to pixels, without a call into uPlot for each point. */
function projectionOf({ bbox, scales }: uPlot, log: boolean): Projection {
  const { min: from = 0, max: to = 1 } = scales.x ?? {};
  const { min = 0, max = 1 } = scales.y ?? {};
  const scaled = log ? (value: number) => Math.log10(Math.max(value, (min as number) / 10)) : (value: number) => value;
  const [low, high] = [scaled(min as number), scaled(max as number)];
  const across = bbox.width / ((to as number) - (from as number));
  const up = bbox.height / (high - low);
  return {
    from: from as number,
    to: to as number,
    x: (step) => bbox.left + (step - (from as number)) * across,
    y: (value) => bbox.top + (high - scaled(value)) * up,
  };
}

function options(scene: Scene, ink: Ink, width: number, height: number, draw: () => void): uPlot.Options {
  const shared = { stroke: ink.text, font: ink.font, grid: { stroke: ink.grid, width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    padding: [8, 12, 0, 0],
    series: [{}],
    scales: { x: { time: false }, y: { auto: false, distr: scene.log ? 3 : 1 } },
    axes: [
      { ...shared, size: 28, gap: 6, values: (_, at) => labels(at, scene.step) },
      {
        ...shared,
        scale: "y",
        gap: 6,
        size: (chart, labels) => labelWidth(chart.ctx, ink.font, labels),
        values: (_, at) => labels(at, scene.value),
        ...(scene.log && { filter: leadingOnly }),
      },
    ],
    hooks: { draw: [draw] },
  };
}

/** Of a log scale's ticks the powers of ten are labelled, and where there are few of them, 2 and 5 between. */
function leadingOnly({ scales }: uPlot, ticks: readonly number[]): (number | null)[] {
  const decades = Math.log10((scales.y?.max ?? 1) / (scales.y?.min ?? 1));
  const leads = decades > 2.5 ? [1] : [1, 2, 5];
  return ticks.map((tick) => {
    const mantissa = tick / 10 ** Math.floor(Math.log10(tick) + 1e-9);
    return leads.some((lead) => Math.abs(mantissa - lead) < 1e-6) ? tick : null;
  });
}

function labelWidth(context: CanvasRenderingContext2D, font: string, labels: readonly string[] | null): number {
  context.save();
  context.font = font;
  const widths = (labels ?? []).map((label) => context.measureText(label).width);
  context.restore();
  return Math.ceil(Math.max(24, ...widths)) + 12;
}
