/**
 * An open drawing: what the pages show of it, and all that a person can do to it.
 *
 * It lives outside React. Edits are seen and checked at once, kept on this device, and sent in the background; without
 * a connection they wait. `undo` and `redo` are edits like any other.
 */

import { createStore, type StoreApi } from "zustand";
import type { Training } from "../blueprint/analysis.js";
import { type Analysis, type Edit, EditError, type Graph } from "../blueprint/index.js";
import type { Plain } from "../gateway/graphql.js";
import { newKey } from "../gateway/keys.js";
import { Refusal } from "../gateway/outcome.js";
import { History } from "./history.js";
import type { Kept, Place } from "./keeping.js";
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

const TRAINING: Training = { batch: 32, precision: "float32", optimizer: "adamw" };
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Drawing {
  readonly state: StoreApi<Drawn>;
  private readonly replica: Replica;
  private readonly history = new History();
  private heard: Heard[] = [];
  private written: { readonly graph: Graph; readonly document: Plain } | undefined;
  private sending = false;
  private closed = false;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private deaf: (() => void) | undefined;

  /** Throws DocumentError where the document cannot be drawn. */
  constructor(
    readonly id: string,
    whole: Whole,
    private readonly remote: Remote,
    private readonly place: Place,
  ) {
    this.replica = new Replica({ revision: whole.revision, graph: graphOf(whole.document) }, [], TRAINING);
    const { name, projectId, revision, latestVersion } = whole;
    const { graph, analysis } = this.replica;
    const first = { undo: null, redo: null, refused: [], saving: "saved", training: TRAINING } as const;
    this.state = createStore(() => ({ ...first, name, projectId, revision, latestVersion, graph, analysis }));
  }

  /** Takes up batches that earlier pages left unsent, and keeps in step with the server until `close`. */
  async open(left: Plain = []): Promise<void> {
    this.refuse(this.replica.adopt(batchesOf(left)));
    await this.keepUnsent();
    this.deaf = this.remote.listen(this.id, (heard) => this.hear(heard));
    this.show();
    this.retry();
  }

  /** Sends nothing any more; what was not sent stays on this device. */
  close(): void {
    this.closed = true;
    this.deaf?.();
    clearTimeout(this.timer);
  }

  /** Draw. Throws EditError, a sentence; nothing has changed then. */
  edit(edits: readonly Edit[], label: string): void {
    if (edits.length === 0) return;
    this.history.note({ label, made: edits, edits: this.draw(label, edits) });
    this.changed();
  }

  /** Take the last edits back. Throws EditError where others' edits stand in the way; the step is dropped then. */
  undo(): void {
    this.step(() => this.history.undo(({ label, edits }) => this.draw(`Undo ${label}`, edits)));
  }

  /** Do again what was taken back. Throws EditError where others' edits stand in the way; the step is dropped then. */
  redo(): void {
    this.step(() => this.history.redo(({ label, edits }) => this.draw(`Redo ${label}`, edits)));
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

  /** Tell of edits that were refused; they were never made. */
  refuse(refused: readonly Refused[]): void {
    if (refused.length === 0) return;
    for (const { batch } of refused) this.history.forget(batch.edits);
    void this.keepUnsent();
    this.state.setState((drawn) => ({ refused: [...drawn.refused, ...refused] }));
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

  private step(act: () => void): void {
    try {
      act();
    } finally {
      this.changed();
    }
  }

  /** Gives the edits that take it back. */
  private draw(label: string, edits: readonly Edit[]): readonly Edit[] {
    return this.replica.edit({ key: newKey(), label, edits, base: null }).undo;
  }

  private changed(): void {
    this.show();
    void this.keepUnsent();
    void this.send();
  }

  /** Shows what is drawn now, with its analysis. */
  private show(): void {
    const { graph, analysis } = this.replica;
    this.state.setState({ graph, analysis, ...this.history.labels });
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
    if (this.sending || this.closed) return;
    this.sending = true;
    try {
      while (this.replica.pending[0] && !this.closed) await this.sendOne(this.replica.pending[0].key);
      this.wait = FIRST_WAIT_MS;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.wait = Math.min(LONGEST_WAIT_MS, 2 * this.wait);
      clearTimeout(this.timer);
      if (!this.closed) this.timer = setTimeout(() => void this.send(), this.wait);
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
    if (!whole) throw new Refusal("NOT_FOUND", "the architecture is not there any more", null, true);
    if (whole.revision <= this.replica.confirmed.revision) {
      throw new Refusal("UNAVAILABLE", "what others drew cannot be read yet", null, true);
    }
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
    } else if (heard.revision > revision) {
      if (heard.revision > revision + 1 || !this.takeEdits(heard.revision, heard.edits)) this.reload();
    }
    this.show();
  }

  /** False where they do not fit what is here. */
  private takeEdits(revision: number, edits: Plain): boolean {
    try {
      this.refuse(this.replica.receive(revision, editsOf(edits)));
      return true;
    } catch (error) {
      if (error instanceof EditError) return false;
      throw error;
    }
  }

  private reload(): void {
    void this.remote.load(this.id).then(
      (whole) => whole && this.hear({ kind: "whole", whole }),
      () => {},
    );
  }

  private takeWhole({ name, latestVersion, revision, document }: Whole): void {
    this.state.setState((drawn) => ({ name, latestVersion: Math.max(drawn.latestVersion, latestVersion) }));
    if (revision > this.replica.confirmed.revision)
      this.refuse(this.replica.replace({ revision, graph: graphOf(document) }));
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
    await this.place.keep(this.kept());
  }

  private async keepUnsent(): Promise<void> {
    const { pending } = this.replica;
    await this.place.keepUnsent(pending.length > 0 ? { confirmed: this.kept(), batches: keptBatches(pending) } : null);
  }

  private kept(): Kept {
    const { revision, graph } = this.replica.confirmed;
    const { name, projectId, latestVersion } = this.state.getState();
    if (this.written?.graph !== graph) this.written = { graph, document: documentOf(graph) };
    return { revision, document: this.written.document, name, projectId, latestVersion };
  }
}
