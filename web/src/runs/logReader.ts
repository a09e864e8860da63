/** Reads a run's log: its end first, what is reported as it comes, earlier lines when they are asked for. */

import type { Client } from "urql";
import { createStore } from "zustand";
import { EMPTY, firstNumber, type Logbook, lastNumber, preceded, written } from "./logbook.js";
import { LOGS, type LogLine } from "./queries.js";

export interface Log {
  readonly book: Logbook;
  readonly read: boolean;
  /** Earlier lines are on their way. */
  readonly reading: boolean;
}

const PAGE = 1000;

export class LogReader {
  readonly state = createStore<Log>(() => ({ book: EMPTY, read: false, reading: false }));
  private catching: Promise<void> | null = null;
  private missed = false;

  constructor(
    private readonly client: Client,
    private readonly id: string,
  ) {}

  /** Lines just reported; where some before them are missing, all are read again from there. */
  add(lines: readonly LogLine[]): void {
    const { book, read } = this.state.getState();
    const first = Number(lines[0]?.number ?? 0);
    if (!read || first > lastNumber(book) + 1) {
      this.missed = true;
      void this.catchUp();
    } else this.state.setState({ book: written(book, lines) });
  }

  /** Reads on from the last line; the first time only the end of a long log. */
  catchUp(): Promise<void> {
    this.catching ??= this.readOn().finally(() => {
      this.catching = null;
      if (this.missed) void this.catchUp();
    });
    return this.catching;
  }

  /** One page of lines before those that are there. */
  async earlier(): Promise<void> {
    const first = firstNumber(this.state.getState().book);
    if (first <= 1 || this.state.getState().reading) return;
    this.state.setState({ reading: true });
    const lines = await this.page(Math.max(0, first - 1 - PAGE), Math.min(PAGE, first - 1));
    this.state.setState(({ book }) => ({ reading: false, book: preceded(book, lines ?? []) }));
  }

  /** All lines from the first on; ends early where nobody answers. */
  async all(): Promise<void> {
    for (let first = Number.POSITIVE_INFINITY; ; ) {
      await this.earlier();
      const now = firstNumber(this.state.getState().book);
      if (now <= 1 || now >= first) return;
      first = now;
    }
  }

  private async readOn(): Promise<void> {
    this.missed = false;
    const { book, read } = this.state.getState();
    let after = read ? lastNumber(book) : await this.beforeEnd();
    if (after === null) return;
    for (;;) {
      const lines = await this.page(after, PAGE);
      if (!lines) return;
      this.state.setState(({ book }) => ({ read: true, book: written(book, lines) }));
      if (lines.length < PAGE) return;
      after = Number(lines.at(-1)?.number);
    }
  }

  /** A number with less than a page of lines behind it, found by doubling and halving; null where nobody answers. */
  private async beforeEnd(): Promise<number | null> {
    let [low, high] = [0, PAGE];
    for (;;) {
      const lines = await this.page(high, 1);
      if (!lines) return null;
      if (lines.length === 0) break;
      [low, high] = [high, high * 2];
    }
    while (high - low > PAGE) {
      const middle = Math.floor((low + high) / 2);
      const lines = await this.page(middle, 1);
      if (!lines) return null;
      if (lines.length === 0) high = middle;
      else low = middle;
    }
    return Math.max(0, high - PAGE);
  }

  private async page(after: number, first: number): Promise<readonly LogLine[] | null> {
    const variables = { id: this.id, after: String(after), first };
    const { data } = await this.client.query(LOGS, variables, { requestPolicy: "network-only" }).toPromise();
    return data?.run ? data.run.logs : null;
  }
}
