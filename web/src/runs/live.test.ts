// @vitest-environment happy-dom
import type { Client } from "urql";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveRun } from "./live.js";
import { LogReader } from "./logReader.js";
import { LOGS, METRICS, PROGRESS } from "./queries.js";

const base64 = (array: ArrayBufferView) =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
const points = (series: string, steps: readonly number[]) => ({
  series,
  steps: base64(BigInt64Array.from(steps.map(BigInt))),
  values: base64(Float32Array.from(steps)),
});
const run = (state: string) => ({ __typename: "Run", id: "r", state, attempt: 1, progress: null });
const metrics = (sequence: number, steps: readonly number[]) => ({
  __typename: "RunMetrics",
  attempt: 1,
  sequence: String(sequence),
  points: [points("train/loss", steps)],
});

/** A gateway that has stored `stored` steps and `lines` log lines, and pushes what it is told to. */
function gateway(stored: number[], lines: number) {
  const asked = { metrics: 0, logs: 0 };
  let push: (answer: unknown) => void = () => {};
  const answer = (document: unknown, variables: { after?: string; first?: number }) => {
    if (document === METRICS) {
      asked.metrics += 1;
      const { steps, values } = points("train/loss", stored);
      return {
        run: {
          id: "r",
          metrics: [{ name: "train/loss", totalPoints: String(stored.length), steps, values, maxima: "" }],
        },
      };
    }
    if (document !== LOGS) throw new Error("nobody asks for this here");
    asked.logs += 1;
    const [after, first] = [Number(variables.after), variables.first ?? 0];
    const count = Math.max(0, Math.min(first, lines - after));
    return { run: { id: "r", logs: Array.from({ length: count }, (_, at) => line(after + at + 1)) } };
  };
  const client = {
    query: (document: unknown, variables: object) => ({
      toPromise: async () => ({ data: answer(document, variables) }),
    }),
    subscription: (document: unknown) => ({
      subscribe: (take: (result: unknown) => void) => {
        expect(document).toBe(PROGRESS);
        push = (runProgress) => take({ data: { runProgress } });
        return { unsubscribe: () => {} };
      },
    }),
  } as unknown as Client;
  return { client, asked, push: (update: unknown) => push(update) };
}

const line = (number: number) => ({
  number: String(number),
  at: "2026-01-01T00:00:00Z",
  level: "info",
  text: `${number}`,
  attempt: 1,
});
const steps = (live: LiveRun) => [...(live.state.getState().curves.get("train/loss")?.steps ?? [])];

beforeEach(
  () =>
    void vi.useFakeTimers({
      toFake: [
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
        "requestAnimationFrame",
        "cancelAnimationFrame",
        "Date",
      ],
    }),
);
afterEach(() => void vi.useRealTimers());

it("shows what was read and what is pushed, once per frame", async () => {
  const there = gateway([1, 2], 0);
  const live = new LiveRun(there.client, "r");
  const stop = live.start();
  const shown = vi.fn();
  there.push(run("RUNNING"));
  await vi.advanceTimersByTimeAsync(100);
  live.state.subscribe(shown);
  for (const [at, each] of [
    [1, 3],
    [2, 4],
    [3, 5],
  ] as const)
    there.push(metrics(at, [each]));
  await vi.advanceTimersByTimeAsync(20);
  expect(steps(live)).toEqual([1, 2, 3, 4, 5]);
  expect(shown).toHaveBeenCalledTimes(1);
  stop();
});

it("reads again where reports are missing", async () => {
  const stored = [1];
  const there = gateway(stored, 0);
  const live = new LiveRun(there.client, "r");
  const stop = live.start();
  there.push(run("RUNNING"));
  there.push(metrics(1, [2]));
  await vi.advanceTimersByTimeAsync(5_000);
  const before = there.asked.metrics;
  there.push(metrics(2, [3]));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(there.asked.metrics).toBe(before);
  stored.push(2, 3, 4, 5, 6);
  there.push(metrics(5, [6]));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(there.asked.metrics).toBeGreaterThan(before);
  expect(steps(live)).toEqual([1, 2, 3, 4, 5, 6]);
  stop();
});

it("begins with the end of a long log, in few requests, and reaches its beginning", async () => {
  const there = gateway([], 100_000);
  const log = new LogReader(there.client, "r");
  await log.catchUp();
  const { lines } = log.state.getState().book;
  expect(lines.at(-1)?.number).toBe("100000");
  expect(lines.length).toBeLessThanOrEqual(2000);
  expect(there.asked.logs).toBeLessThan(20);
  await log.all();
  expect(log.state.getState().book.lines.map(({ number }) => Number(number))).toEqual(
    Array.from({ length: 100_000 }, (_, at) => at + 1),
  );
});

it("reads the lines that a pushed one shows to be missing", async () => {
  const there = gateway([], 5);
  const log = new LogReader(there.client, "r");
  await log.catchUp();
  const more = gateway([], 9);
  Object.assign(there.client, { query: more.client.query });
  log.add([line(9)] as never);
  await vi.advanceTimersByTimeAsync(10);
  expect(log.state.getState().book.lines.map(({ number }) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
