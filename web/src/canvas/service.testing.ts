/** A graph service in memory that behaves as the real one does, and the unreliable ways to it. */

import { apply, type Graph } from "../blueprint/index.js";
import { Refusal } from "../gateway/outcome.js";
import type { Kept, Place, Unsent } from "./keeping.js";
import type { Heard, Remote, Whole } from "./remote.js";
import { documentOf, editsOf, graphOf } from "./wire.js";

type Plain = Whole["document"];

/** Edits that were taken, in their order; the first led to revision 2. */
interface Taken {
  readonly key: string;
  readonly edits: Plain;
}

/** Commands take effect once for each key, on the revision they name, or not at all. */
export class Service {
  readonly taken: Taken[] = [];
  readonly versions: { message: string; revision: number }[] = [];
  readonly watchers = new Set<(heard: Heard) => void>();
  /** What every command and question is refused with, null for nothing. */
  trouble: Refusal | null = null;
  private readonly answers = new Map<string, { request: string; answer: number }>();

  constructor(private drawn: Graph) {}

  get graph(): Graph {
    return this.drawn;
  }

  get revision(): number {
    return this.taken.length + 1;
  }

  get whole(): Whole {
    const { revision } = this;
    const document = documentOf(this.drawn);
    return { projectId: "p", name: "net", revision, latestVersion: this.versions.length, document };
  }

  load(): Whole {
    if (this.trouble) throw this.trouble;
    return this.whole;
  }

  apply(edits: Plain, base: number, key: string): number {
    return this.once(key, JSON.stringify(["apply", edits, base]), () => {
      if (base > this.revision) throw new Refusal("REJECTED", `there is no revision ${base}`);
      if (base !== this.revision) throw new Refusal("CONFLICT", `the architecture is at revision ${this.revision}`);
      this.drawn = this.edited(edits);
      this.taken.push({ key, edits });
      this.tell({ kind: "edits", revision: this.revision, edits });
      return this.revision;
    });
  }

  save(message: string, revision: number, key: string): number {
    return this.once(key, JSON.stringify(["save", message, revision]), () => {
      this.versions.push({ message, revision });
      this.tell({ kind: "version", number: this.versions.length });
      return this.versions.length;
    });
  }

  private edited(edits: Plain): Graph {
    try {
      return graphOf(documentOf(apply(this.drawn, editsOf(edits))));
    } catch (error) {
      throw new Refusal("REJECTED", (error as Error).message, "edits");
    }
  }

  private once(key: string, request: string, act: () => number): number {
    if (this.trouble) throw this.trouble;
    const known = this.answers.get(key);
    if (known && known.request !== request) throw new Refusal("IDEMPOTENCY_KEY_REUSED", "the key was used before");
    if (known) return known.answer;
    const answer = act();
    this.answers.set(key, { request, answer });
    return answer;
  }

  private tell(heard: Heard): void {
    for (const watcher of this.watchers) watcher(heard);
  }
}

/** What may go wrong on the way, each with its probability. */
export interface Weather {
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly lostEvent: number;
  readonly repeatedEvent: number;
  /** Longest time that anything takes one way; events and answers overtake each other. */
  readonly milliseconds: number;
}

export const FAIR: Weather = { lostRequest: 0, lostAnswer: 0, lostEvent: 0, repeatedEvent: 0, milliseconds: 0 };

/** One page's way to the service. What was under way when the page ended arrives, but nobody hears of it. */
export class Way implements Remote {
  private connected = true;
  private ended = false;
  private readonly tellers = new Set<(heard: Heard) => void>();

  constructor(
    private readonly service: Service,
    private readonly weather: Weather = FAIR,
    private readonly random: () => number = () => 0.5,
  ) {}

  connect(connected: boolean): void {
    this.connected = connected;
    if (connected) for (const tell of this.tellers) tell({ kind: "whole", whole: this.service.whole });
  }

  end(): void {
    this.ended = true;
    this.connected = false;
  }

  load(): Promise<Whole> {
    return this.ask(() => this.service.load());
  }

  apply(_: string, edits: Plain, base: number, key: string): Promise<number> {
    return this.ask(() => this.service.apply(edits, base, key));
  }

  save(_: string, message: string, revision: number, key: string): Promise<number> {
    return this.ask(() => this.service.save(message, revision, key));
  }

  listen(_: string, hear: (heard: Heard) => void): () => void {
    const tell = (heard: Heard) => void this.deliver(heard, hear);
    this.tellers.add(tell);
    this.service.watchers.add(tell);
    tell({ kind: "whole", whole: this.service.whole });
    return () => {
      this.tellers.delete(tell);
      this.service.watchers.delete(tell);
    };
  }

  private async ask<Answer>(act: () => Answer): Promise<Answer> {
    await this.travel();
    if (!this.connected || this.random() < this.weather.lostRequest) return this.fail();
    const answer = act();
    await this.travel();
    if (!this.connected || this.random() < this.weather.lostAnswer) return this.fail();
    return answer;
  }

  private fail(): Promise<never> {
    if (this.ended) return new Promise(() => {});
    return Promise.reject(new Refusal("UNREACHABLE", "no connection", null, true));
  }

  private async deliver(heard: Heard, hear: (heard: Heard) => void): Promise<void> {
    if (heard.kind !== "whole" && this.random() < this.weather.lostEvent) return;
    await this.travel();
    if (this.connected) hear(heard);
    if (this.random() < this.weather.repeatedEvent) await this.deliver(heard, hear);
  }

  private async travel(): Promise<void> {
    const { milliseconds } = this.weather;
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, this.random() * milliseconds));
  }
}

/** What one page keeps on its device. */
export class Memory implements Place {
  kept: Kept | null = null;
  unsent: Unsent | null = null;
  /** What every batch ever kept is called, by its key. */
  readonly labels = new Map<string, string>();

  async keep(kept: Kept): Promise<boolean> {
    this.kept = structuredClone(kept);
    return true;
  }

  async keepUnsent(unsent: Unsent | null): Promise<boolean> {
    this.unsent = structuredClone(unsent);
    for (const { key, label } of (unsent?.batches ?? []) as unknown as { key: string; label: string }[]) {
      this.labels.set(key, label);
    }
    return true;
  }
}

/** Numbers in [0, 1), the same for the same seed (mulberry32, Tommy Ettinger 2017). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
