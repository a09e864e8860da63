/** What a person did to a drawing, step by step, to take it back and do it again. */

import type { Edit } from "../blueprint/index.js";

/** `edits` take back what `made` did. */
export interface Step {
  readonly label: string;
  readonly made: readonly Edit[];
  readonly edits: readonly Edit[];
}

const MOST_STEPS = 500;

export class History {
  private done: readonly Step[] = [];
  private undone: readonly Step[] = [];

  /** What undo and redo would do, null where there is nothing. */
  get labels(): { readonly undo: string | null; readonly redo: string | null } {
    return { undo: this.done.at(-1)?.label ?? null, redo: this.undone.at(-1)?.label ?? null };
  }

  /** Something new was done; what was taken back cannot be done again. */
  note(step: Step): void {
    this.done = [...this.done, step].slice(-MOST_STEPS);
    this.undone = [];
  }

  /** Takes the last step back: `act` does it, and gives the edits that do it again. The step is dropped if it throws. */
  undo(act: (step: Step) => readonly Edit[]): void {
    const step = this.done.at(-1);
    if (!step) return;
    this.done = this.done.slice(0, -1);
    this.undone = [...this.undone, { label: step.label, made: step.edits, edits: act(step) }];
  }

  /** Does again what was taken back. */
  redo(act: (step: Step) => readonly Edit[]): void {
    const step = this.undone.at(-1);
    if (!step) return;
    this.undone = this.undone.slice(0, -1);
    this.done = [...this.done, { label: step.label, made: step.edits, edits: act(step) }];
  }

  /** These edits were never made after all. */
  forget(made: readonly Edit[]): void {
    this.done = this.done.filter((step) => step.made !== made);
    this.undone = this.undone.filter((step) => step.made !== made);
  }
}
