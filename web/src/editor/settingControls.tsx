/** The controls that settings are made of; each writes on Enter, on leaving, or step by step. */

import { Minus, Plus } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import type { Field } from "../blueprint/index.js";
import { type Given, stepped, understood } from "../canvas/setting.js";
import { INPUT } from "../ui/field.js";
import { useWriting, type Writing } from "./useWriting.js";

/** What ties a control to its label, its help and what is wrong with it. */
export interface Ties {
  readonly id?: string;
  readonly "aria-label"?: string;
  readonly "aria-describedby"?: string | undefined;
}

interface Props {
  readonly field: Field;
  readonly value: Given;
  readonly placeholder: string;
  readonly ties: Ties;
  readonly onCommit: (value: Given) => void;
}

/** One number with steps up and down, by buttons and by arrow keys. */
export function NumberBox(props: Props) {
  const { field, value, placeholder, ties, onCommit } = props;
  const writing = useWriting(field, value, onCommit);
  const step = (direction: 1 | -1) => {
    const now = understood(field, writing.text);
    writing.slide(String(stepped(field, now === undefined ? null : now, direction)));
  };
  const share = field.minimum === 0 && field.maximum === 1 && field.type === "number";
  return (
    <Problem writing={writing}>
      <div className="flex items-stretch overflow-clip rounded-[10px] border border-line-strong bg-surface focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent-text has-aria-invalid:border-bad">
        <Step name={field.name} direction={-1} onStep={step} />
        <input
          {...ties}
          {...keysOf(writing, step)}
          value={writing.text}
          placeholder={placeholder}
          inputMode={keyboardFor(field)}
          aria-invalid={writing.problem !== null || undefined}
          autoComplete="off"
          className="tabular min-h-11 w-0 min-w-0 grow bg-transparent text-center text-base text-ink outline-none placeholder:text-muted sm:min-h-9 sm:text-sm"
        />
        <Step name={field.name} direction={1} onStep={step} />
      </div>
      {share ? <Slide field={field} writing={writing} /> : null}
    </Problem>
  );
}

/** The keys of a phone; those for numbers have no minus. */
function keyboardFor({ minimum, type }: Field): "text" | "numeric" | "decimal" {
  if (minimum === null || minimum < 0) return "text";
  return type === "integer" ? "numeric" : "decimal";
}

function Step({ name, direction, onStep }: { name: string; direction: 1 | -1; onStep: (direction: 1 | -1) => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={direction > 0 ? `More ${name}` : `Less ${name}`}
      onClick={() => onStep(direction)}
      className="grid w-11 shrink-0 place-items-center text-muted hover:bg-sunken hover:text-ink sm:w-9"
    >
      {direction > 0 ? <Plus size={16} aria-hidden="true" /> : <Minus size={16} aria-hidden="true" />}
    </button>
  );
}

/** A share from 0 to 1, slid; a whole slide is one change. */
function Slide({ field, writing }: { field: Field; writing: Writing }) {
  const now = understood(field, writing.text);
  return (
    <input
      type="range"
      aria-label={`Slide ${field.name}`}
      min={0}
      max={1}
      step={0.01}
      value={typeof now === "number" ? now : typeof field.default === "number" ? field.default : 0}
      onChange={({ target }) => writing.slide(target.value)}
      onPointerUp={writing.finish}
      onBlur={writing.finish}
      className="mt-1 h-8 w-full accent-accent sm:h-6"
    />
  );
}

/** A list, an expression or any other text. */
export function TextBox({ field, value, placeholder, ties, onCommit }: Props) {
  const writing = useWriting(field, value, onCommit);
  return (
    <Problem writing={writing}>
      <input
        {...ties}
        {...keysOf(writing)}
        value={writing.text}
        placeholder={placeholder}
        aria-invalid={writing.problem !== null || undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        dir="auto"
        className={`${INPUT} font-mono`}
      />
    </Problem>
  );
}

/** One of several; `none` is offered where there may be none. */
export function Choice(props: {
  choices: readonly (readonly [value: string, label: string])[];
  value: string;
  ties: Ties;
  onChoose: (value: string) => void;
}) {
  const { choices, value, ties, onChoose } = props;
  const known = choices.some(([each]) => each === value);
  return (
    <select {...ties} value={value} onChange={({ target }) => onChoose(target.value)} className={INPUT}>
      {known ? null : <option value={value}>{value || "several values"}</option>}
      {choices.map(([each, label]) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  );
}

export function Switch({ on, ties, onTurn }: { on: boolean; ties: Ties; onTurn: (on: boolean) => void }) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      {...ties}
      onClick={() => onTurn(!on)}
      className="group grid h-11 w-13 shrink-0 place-items-center rounded-full sm:h-9"
    >
      <span
        className={`flex h-6.5 w-11 items-center rounded-full border p-0.5 transition-colors ${on ? "border-accent bg-accent" : "border-line-strong bg-sunken"}`}
      >
        <span
          className={`size-5 rounded-full transition-transform ${on ? "translate-x-[18px] bg-accent-ink" : "bg-line-strong"}`}
        />
      </span>
    </button>
  );
}

function keysOf(writing: Writing, step?: (direction: 1 | -1) => void) {
  return {
    onChange: ({ target }: { target: HTMLInputElement }) => writing.write(target.value),
    onBlur: writing.finish,
    onKeyDown: (event: KeyboardEvent) => {
      const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
      if (event.key === "Enter") writing.finish();
      else if (event.key === "Escape" && writing.text !== "") writing.drop();
      else if (direction !== 0 && step) step(direction);
      else return;
      event.preventDefault();
    },
  };
}

function Problem({ writing, children }: { writing: Writing; children: ReactNode }) {
  return (
    <div className="grid min-w-0 grow gap-1">
      {children}
      {writing.problem ? (
        <p ref={intoView} role="alert" className="text-xs break-words text-bad">
          {writing.problem}
        </p>
      ) : null}
    </div>
  );
}

/** What is wrong is read even where the sheet ends just below the control. */
function intoView(sentence: HTMLElement | null): void {
  sentence?.scrollIntoView({ block: "nearest" });
}
