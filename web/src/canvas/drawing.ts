/**
 * An open drawing: what the pages show of it, and all that a person can do to it.
 *
 * It lives outside React. Edits are seen and checked at once, kept on this device, and sent in the background; without
 * a connection they wait. `undo` and `redo` are edits like any other.
 */

import { createStore, type StoreApi } from "zustand";
import type { Training } from "../blueprint/analysis.js";
import type { Analysis, Edit, Graph } from "../blueprint/index.js";
import type { Plain } from "../gateway/graphql.js";
import { newKey } from "../gateway/keys.js";
import { Refusal } from "../gateway/outcome.js";
import type * as keeping from "./keeping.js";
import type { Heard, Remote, Whole } from "./remote.js";
import { type Refused, Replica } from "./replica.js";
import { batchesOf, documentOf, editsOf, graphOf, keptBatches, plainEdits } from "./wire.js";

/** `waiting`: edits are kept on this device and will be sent when there is a connection. */
export type Saving = "saved" | "sending" | "waiting";

export interface Drawn {
  readonly name: string;
  readonly projectId: string;
  readonly graph: Graph;
  readonly analysis: Analysis;
  readonly training: Training;
  /** Of the server. */
  readonly revision: number;
  readonly latestVersion: number;
  readonly saving: Saving;
  /** What undo and redo would do, null where there is nothing. */
  readonly undo: string | null;
  readonly redo: string | null;
  /** Edits that were refused, newest last, until the person has seen them. */
  readonly refused: readonly Refused[];
}

interface Step {
  readonly label: string;
  readonly edits: readonly Edit[];
}

type Keeping = Pick<typeof keeping, "keep" | "keepUnsent">;

const TRAINING: Training = { batch: 32, precision: "float32", optimizer: "adamw" };
const MOST_STEPS = 500;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Drawing {
  readonly state: StoreApi<Drawn>;
  private readonly replica: Replica;
  private done: Step[] = [];
  private undone: Step[] = [];
  private heard: Heard[] = [];
  private sending = false;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private deaf: (() => void) | undefined;

  /** Throws DocumentError where the document cannot be drawn. */
  constructor(
    readonly id: string,
    whole: Whole,
    private readonly remote: Remote,
    private readonly keeping: Keeping,
  ) {
    this.replica = new Replica({ revision: whole.revision, graph: graphOf(whole.document) }, [], TRAINING);
    const { name, projectId, revision, latestVersion } = whole;
    const { graph, analysis } = this.replica;
    const none = { undo: null, redo: null, refused: [], saving: "saved" } as const;
    this.state = createStore(() => ({
      ...none,
      ...{ name, projectId, revision, latestVersion, graph, analysis, training: TRAINING },
    }));
  }

  /** Takes up batches that earlier pages left unsent, and keeps in step with the server until `close`. */
  async open(left: Plain[] = []): Promise<void> {
    this.refuse(this.replica.adopt(left.flatMap(batchesOf)));
    await this.keepUnsent();
    this.deaf = this.remote.listen(this.id, (heard) => this.hear(heard));
    this.show();
    this.retry();
  }

  close(): void {
    this.deaf?.();
    clearTimeout(this.timer);
  }

  /** Draw. Throws EditError, a sentence; nothing has changed then. */
  edit(edits: readonly Edit[], label: string): void {
    if (edits.length === 0) return;
    const { undo } = this.replica.edit({ key: newKey(), label, edits, base: null });
    this.done = [...this.done, { label, edits: undo }].slice(-MOST_STEPS);
    this.undone = [];
    this.changed();
  }

  /** Take the last edits back. Throws EditError where others' edits stand in the way; the step is dropped then. */
  undo(): void {
    this.step("done", "undone", "Undo");
  }

  /** Do again what was taken back. Throws EditError where others' edits stand in the way; the step is dropped then. */
  redo(): void {
    this.step("undone", "done", "Redo");
  }

  /** Count memory for another batch, precision or optimizer. Throws ValueError for one that does not exist. */
  train(training: Training): void {
    this.replica.retrain(training);
    this.state.setState({ training });
    this.show();
  }

  /** Name what is drawn a version, once the server has it all. Throws Refusal. */
  async save(message: string, key: string): Promise<number> {
    await this.settled();
    const number = await this.remote.save(this.id, message, this.replica.confirmed.revision, key);
    this.state.setState(({ latestVersion }) => ({ latestVersion: Math.max(latestVersion, number) }));
    return number;
  }

  /** The person has seen what was refused. */
  seen(): void {
    this.state.setState({ refused: [] });
  }

  /** Send what waits now, not later. */
  retry(): void {
    this.wait = FIRST_WAIT_MS;
    clearTimeout(this.timer);
    void this.send();
  }

  private step(from: "done" | "undone", to: "done" | "undone", word: string): void {
    const step = this[from].at(-1);
    if (!step) return;
    this[from] = this[from].slice(0, -1);
    try {
      const { undo } = this.replica.edit({
        key: newKey(),
        label: `${word} ${step.label}`,
        edits: step.edits,
        base: null,
      });
      this[to] = [...this[to], { label: step.label, edits: undo }];
    } finally {
      this.changed();
    }
  }

  private changed(): void {
    this.show();
    void this.keepUnsent();
    void this.send();
  }

  /** Shows what is drawn now, with its analysis. */
  private show(): void {
    const { graph, analysis } = this.replica;
    const [undo, redo] = [this.done.at(-1)?.label ?? null, this.undone.at(-1)?.label ?? null];
    this.state.setState({ graph, analysis, undo, redo });
    this.tell();
  }

  /** Tells how far the server knows of it. */
  private tell(): void {
    this.state.setState({ revision: this.replica.confirmed.revision, saving: this.saving() });
  }

  private saving(): Saving {
    if (this.replica.pending.length === 0) return "saved";
    return this.wait > FIRST_WAIT_MS ? "waiting" : "sending";
  }

  /** Sends batch after batch; stops without a connection, to try again later. */
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.replica.pending[0]) await this.sendOne(this.replica.pending[0].key);
      this.wait = FIRST_WAIT_MS;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.wait = Math.min(LONGEST_WAIT_MS, 2 * this.wait);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.send(), this.wait);
    } finally {
      this.sending = false;
      this.tell();
      this.listen();
      await this.keepUnsent();
    }
  }

  private async sendOne(key: string): Promise<void> {
    const batch = this.replica.sending(key);
    await this.keepUnsent();
    try {
      const revision = await this.remote.apply(this.id, plainEdits(batch.edits), batch.base as number, key);
      this.replica.acknowledge(key, revision);
      await this.keep();
    } catch (error) {
      if (!(error instanceof Refusal) || error.retry) throw error;
      if (error.code === "CONFLICT") await this.catchUp(key);
      else this.refuse(this.replica.reject(key, error.message));
      this.show();
    }
    this.tell();
    this.listen();
  }

  /** Others were faster: their edits go underneath ours. */
  private async catchUp(key: string): Promise<void> {
    this.replica.unsent(key, newKey());
    const whole = await this.remote.load(this.id);
    if (!whole) throw new Refusal("NOT_FOUND", "the drawing is not there any more", null, true);
    this.takeWhole(whole);
  }

  private hear(heard: Heard): void {
    this.heard.push(heard);
    if (!this.sending) this.listen();
  }

  /** Takes what was heard while a batch was under way, once it is known which of it was ours. */
  private listen(): void {
    if (this.replica.inDoubt) return;
    const heard = this.heard;
    this.heard = [];
    for (const each of heard) this.take(each);
    if (heard.length > 0) void this.keep();
  }

  private take(heard: Heard): void {
    const { revision } = this.replica.confirmed;
    if (heard.kind === "version") {
      this.state.setState(({ latestVersion }) => ({ latestVersion: Math.max(latestVersion, heard.number) }));
    } else if (heard.kind === "whole") {
      this.takeWhole(heard.whole);
      if (this.replica.pending.length > 0) this.retry();
    } else if (heard.revision === revision + 1) {
      this.refuse(this.replica.receive(heard.revision, editsOf(heard.edits)));
    } else if (heard.revision > revision) {
      void this.remote.load(this.id).then(
        (whole) => whole && this.hear({ kind: "whole", whole }),
        () => {},
      );
    }
    this.show();
  }

  private takeWhole({ name, latestVersion, revision, document }: Whole): void {
    this.state.setState({ name, latestVersion });
    if (revision > this.replica.confirmed.revision)
      this.refuse(this.replica.replace({ revision, graph: graphOf(document) }));
  }

  private refuse(refused: readonly Refused[]): void {
    if (refused.length > 0) this.state.setState((drawn) => ({ refused: [...drawn.refused, ...refused] }));
  }

  private async settled(): Promise<void> {
    this.retry();
    while (this.replica.pending.length > 0) {
      if (this.wait > FIRST_WAIT_MS) {
        throw new Refusal("UNREACHABLE", "your last edits are not with the server yet; save again once connected");
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async keep(): Promise<void> {
    await this.keeping.keep(this.id, this.kept());
  }

  private async keepUnsent(): Promise<void> {
    const { pending } = this.replica;
    const unsent = { confirmed: this.kept(), batches: keptBatches(pending) };
    await this.keeping.keepUnsent(this.id, pending.length > 0 ? unsent : null);
  }

  private kept(): keeping.Kept {
    const { revision, graph } = this.replica.confirmed;
    const { name, projectId, latestVersion } = this.state.getState();
    return { revision, document: documentOf(graph), name, projectId, latestVersion };
  }
}
