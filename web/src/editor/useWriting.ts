/**
 * What a person is writing into a setting, until it enters the drawing: on Enter, on leaving, after a run of steps.
 *
 * What cannot be read stays where it was written, with the reason; nothing is lost and nothing wrong is drawn.
 */

import { useEffect, useRef, useState } from "react";
import type { Field } from "../blueprint/index.js";
import { type Given, problemOf, understood, written } from "../canvas/setting.js";

/** Steps that follow each other this fast are one change. */
const RUN_MS = 400;

export interface Writing {
  readonly text: string;
  readonly problem: string | null;
  write(text: string): void;
  /** Write, and let it enter the drawing once no more steps follow. */
  slide(text: string): void;
  /** Let it enter the drawing now. */
  finish(): void;
  /** Forget what was written. */
  drop(): void;
}

export function useWriting(field: Field, value: Given, commit: (value: Given) => void): Writing {
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ draft, commit, field });
  latest.current.commit = commit;
  latest.current.field = field;

  const hold = (text: string | null) => {
    latest.current.draft = text;
    setDraft(text);
  };
  const finish = () => {
    clearTimeout(timer.current);
    const { draft, field, commit } = latest.current;
    if (draft === null) return;
    const read = understood(field, draft);
    const found = problemOf(field, read);
    setProblem(found);
    if (found !== null) return;
    hold(null);
    commit(read);
  };
  const last = useRef(finish);
  last.current = finish;
  useEffect(() => () => last.current(), []);

  return {
    text: draft ?? written(value),
    problem,
    write: hold,
    slide(text) {
      hold(text);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => last.current(), RUN_MS);
    },
    finish,
    drop() {
      clearTimeout(timer.current);
      hold(null);
      setProblem(null);
    },
  };
}
