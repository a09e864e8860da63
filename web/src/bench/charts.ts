/** Draws a curve of so many points as the run's page does, beside one stroke of a canvas through the same points. */

import type { Curve } from "../charts/curve.js";
import { strokeOf } from "../charts/palette.js";
import { Plot } from "../charts/plot.js";

const SIZE = { width: 1200, height: 320 };
const ROUNDS = 9;

/** Milliseconds of a drawing, medians; pixels are read back, so that nothing of it is put off. */
export function measure(points: number): { plot: number; stroke: number } {
  const curve = noisy(points);
  const host = document.body.appendChild(document.createElement("div"));
  host.style.width = `${SIZE.width}px`;
  host.style.height = `${SIZE.height}px`;
  const plot = new Plot(host);
  const text = (value: number) => value.toPrecision(3);
  const lines = [{ curve, stroke: strokeOf(0) }];
  plot.show({ lines, span: 1, log: false, range: null, value: text, step: text });
  plot.draw();
  const canvas = host.querySelector("canvas") as HTMLCanvasElement;
  return { plot: median(canvas, () => plot.draw()), stroke: median(canvas, () => stroke(canvas, curve)) };
}

function noisy(points: number): Curve {
  const steps = Float64Array.from({ length: points }, (_, at) => at);
  const low = Float32Array.from(steps, (step) => Math.exp(-step / points) + 0.1 * Math.sin(step * 12.9898));
  return { steps, low, high: low, total: points };
}

function stroke(canvas: HTMLCanvasElement, { steps, low }: Curve): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.beginPath();
  for (let at = 0; at < steps.length; at += 1) {
    context.lineTo(((steps[at] as number) / steps.length) * canvas.width, (low[at] as number) * canvas.height);
  }
  context.stroke();
}

function median(canvas: HTMLCanvasElement, draw: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    draw();
    canvas.getContext("2d")?.getImageData(0, 0, 1, 1);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
}
