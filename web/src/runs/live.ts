/**
 * A run as it happens, outside React: what was reported before is read, what is reported now is pushed.
 *
 * Frames are gathered and shown once per frame of the screen, however many come. The gateway may leave out frames for a
 * slow client and a connection may break; whatever hints at a gap has curves and log read again from where they are.
 */

import type { Client } from "urql";
import { createStore } from "zustand";
import { appended, type Curve, caughtUp, decoded, EMPTY as NO_CURVE, thinned } from "../charts/curve.js";
import { connection } from "../gateway/connection.js";
import { type Refusal, refusalOf } from "../gateway/outcome.js";
import { frames } from "./frames.js";
import { LogReader } from "./logReader.js";
import { isOver, METRICS, PROGRESS, type Progress, type Run, type Update } from "./queries.js";

export interface Live {
  readonly run: Run | null;
  readonly progress: Progress | null;
  readonly curves: ReadonlyMap<string, Curve>;
  /** Whether what was measured before has been read. */
  readonly read: boolean;
  readonly refusal: Refusal | null;
}

const OVERVIEW = 512;
const DETAIL = 10_000;
const MOST_KEPT = 20_000;
const REREAD_MS = 2_000;
const SILENCE_MS = 15_000;
const NOTHING: Live = { run: null, progress: null, curves: new Map(), read: false, refusal: null };

export class LiveRun {
  readonly state = createStore<Live>(() => NOTHING);
  readonly log: LogReader;
  private points = OVERVIEW;
  private sequence = { attempt: 0, number: 0 };
  private heard = 0;
  private reading: Promise<void> | null = null;
  private wanted = false;
  private readonly gathered = frames<Update>((updates) => this.show(updates));

  constructor(
    private readonly client: Client,
    private readonly id: string,
  ) {
    this.log = new LogReader(client, id);
  }

  /** Listens until the answer is called. */
  start(): () => void {
    let end = this.listen();
    const silent = setInterval(() => {
      if (this.over || Date.now() - this.heard < SILENCE_MS) return;
      end();
      end = this.listen();
      this.catchUp();
    }, SILENCE_MS / 3);
    const reconnected = connection.subscribe((is, was) => is.live && !was.live && this.catchUp());
    return () => {
      end();
      clearInterval(silent);
      reconnected();
      this.gathered.drop();
    };
  }

  /** More points, for those who look closer. */
  async detail(): Promise<void> {
    const coarse = [...this.state.getState().curves.values()].some(({ steps, total }) => steps.length < total);
    if (this.points === DETAIL || !coarse) return;
    this.points = DETAIL;
    await this.readCurves();
  }

  /** Reads what may have been missed. */
  catchUp(): void {
    void this.readCurves();
    void this.log.catchUp();
  }

  private get over(): boolean {
    const { run } = this.state.getState();
    return run !== null && isOver(run.state);
  }

  private listen(): () => void {
    this.heard = Date.now();
    const { unsubscribe } = this.client.subscription(PROGRESS, { id: this.id }).subscribe(({ data, error }) => {
      this.heard = Date.now();
      if (error) this.state.setState({ refusal: refusalOf(error) });
      else if (data) this.gathered.put(data.runProgress);
    });
    return unsubscribe;
  }

  private show(updates: readonly Update[]): void {
    const before = this.state.getState();
    const next = { ...before, refusal: null };
    const curves = new Map(before.curves);
    let gap = false;
    for (const update of updates) {
      if (update.__typename === "Run") {
        gap ||= update.state !== next.run?.state || update.attempt !== next.run.attempt;
        next.run = update;
        next.progress = update.progress ?? next.progress;
      } else if (update.__typename === "Progress") next.progress = update;
      else if (update.__typename === "RunLog") this.log.add(update.lines);
      else if (update.__typename === "Missed") gap = true;
      else {
        gap = !this.follows(update.attempt, Number(update.sequence)) || gap;
        for (const points of update.points) grow(curves, points.series, decoded(points));
      }
    }
    next.curves = curves;
    this.state.setState(next, true);
    if (gap) this.catchUp();
  }

  private follows(attempt: number, number: number): boolean {
    const { sequence } = this;
    this.sequence = { attempt, number };
    return attempt === sequence.attempt && number === sequence.number + 1;
  }

  /** One reading at a time, with a pause after each while the run goes on; what is asked for meanwhile comes next. */
  private readCurves(): Promise<void> {
    this.wanted = true;
    this.reading ??= this.readWanted().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async readWanted(): Promise<void> {
    while (this.wanted) {
      this.wanted = false;
      await this.fetchCurves();
      if (!this.over) await new Promise((resolve) => setTimeout(resolve, REREAD_MS));
    }
  }

  private async fetchCurves(): Promise<void> {
    const variables = { id: this.id, series: null, points: this.points };
    const { data } = await this.client.query(METRICS, variables, { requestPolicy: "network-only" }).toPromise();
    if (!data?.run) return;
    const { metrics } = data.run;
    this.state.setState(({ curves }) => {
      const live = new Map(curves);
      for (const each of metrics) live.set(each.name, caughtUp(decoded(each), curves.get(each.name) ?? NO_CURVE));
      return { curves: live, read: true };
    });
  }
}

function grow(curves: Map<string, Curve>, name: string, points: Curve): void {
  const curve = appended(curves.get(name) ?? NO_CURVE, points);
  curves.set(name, curve.steps.length > MOST_KEPT ? thinned(curve, MOST_KEPT / 2) : curve);
}
