/**
 * Fingers, mouse and keys on a plot: point to read, drag to zoom, pinch, arrows; one finger up or down scrolls the page.
 *
 * What they mean is told in steps of the curves; drawing is left to others.
 */

import { around, kept, type Range } from "./extent.js";
import type { Plot } from "./plot.js";

export interface Meanings {
  /** A step is read, none any more. */
  readonly onRead: (step: number | null) => void;
  /** What is to be in view; null for all. */
  readonly onRange: (range: Range | null) => void;
  /** What is being selected, in pixels from the left; null when it is done. */
  readonly onSelecting: (pixels: Range | null) => void;
}

const LEAST_DRAG = 8;
/** Of all steps: what can be looked at closest. */
const CLOSEST = 1 / 100_000;

export class Pointing {
  private readonly fingers = new Map<number, number>();
  private from: number | null = null;
  private readonly heard = new AbortController();

  constructor(
    private readonly target: HTMLElement,
    private readonly plot: Plot,
    private readonly mean: Meanings,
  ) {
    const { signal } = this.heard;
    target.addEventListener("pointerdown", this.down, { signal });
    target.addEventListener("pointermove", this.move, { signal });
    target.addEventListener("pointerup", this.up, { signal });
    target.addEventListener("pointercancel", this.up, { signal });
    target.addEventListener("pointerleave", this.leave, { signal });
    target.addEventListener("dblclick", () => mean.onRange(null), { signal });
    target.addEventListener("wheel", this.wheel, { signal, passive: false });
  }

  stop(): void {
    this.heard.abort();
  }

  private x(event: MouseEvent): number {
    const box = this.plot.area?.getBoundingClientRect();
    return box ? Math.min(Math.max(event.clientX - box.left, 0), box.width) : 0;
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const x = this.x(event);
    this.fingers.set(event.pointerId, x);
    if (event.pointerType === "mouse") this.from = x;
    this.target.setPointerCapture(event.pointerId);
    this.mean.onRead(this.plot.stepAt(x));
  };

  private readonly move = (event: PointerEvent): void => {
    const [before, x] = [this.fingers.get(event.pointerId), this.x(event)];
    if (before !== undefined && this.fingers.size === 2) {
      this.pinch(event.pointerId, before, x);
      return;
    }
    if (before !== undefined) this.fingers.set(event.pointerId, x);
    if (this.from !== null && Math.abs(x - this.from) >= LEAST_DRAG) this.mean.onSelecting(ordered(this.from, x));
    this.mean.onRead(this.plot.stepAt(x));
  };

  /** The steps under both fingers stay under them. */
  private pinch(id: number, before: number, x: number): void {
    const other = [...this.fingers].find(([each]) => each !== id)?.[1] ?? 0;
    this.fingers.set(id, x);
    this.mean.onRead(null);
    const [was, is] = [before - other, x - other];
    if (Math.abs(is) < LEAST_DRAG || Math.abs(was) < LEAST_DRAG || was > 0 !== is > 0) return;
    this.look(around(this.plot.range(), this.plot.stepAt(other), was / is));
  }

  private readonly up = (event: PointerEvent): void => {
    const [from, x] = [this.from, this.x(event)];
    this.fingers.delete(event.pointerId);
    this.from = null;
    this.mean.onSelecting(null);
    if (event.type === "pointerup" && from !== null && Math.abs(x - from) >= LEAST_DRAG) {
      const [left, right] = ordered(from, x);
      this.look([this.plot.stepAt(left), this.plot.stepAt(right)]);
    }
    if (event.type === "pointercancel") this.mean.onRead(null);
  };

  private readonly leave = (event: PointerEvent): void => {
    if (event.pointerType === "mouse" && this.from === null) this.mean.onRead(null);
  };

  /** A pinch on a trackpad comes as a wheel with ctrl; a plain wheel scrolls the page. */
  private readonly wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.look(around(this.plot.range(), this.plot.stepAt(this.x(event)), Math.exp(event.deltaY / 100)));
  };

  private look(range: Range): void {
    const whole = this.plot.whole();
    this.mean.onRange(kept(range, whole, (whole[1] - whole[0]) * CLOSEST));
  }
}

function ordered(one: number, other: number): Range {
  return one < other ? [one, other] : [other, one];
}
