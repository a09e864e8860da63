/** One setting: its name, its control, what it means, what it is by itself, and the way back to that. */

import { RotateCcw, X } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { Field } from "../blueprint/index.js";
import { shown } from "../blueprint/quoting.js";
import { type Given, written } from "../canvas/setting.js";
import { AxesBox } from "./axesBox.js";
import { Choice, NumberBox, Switch, TextBox, type Ties } from "./settingControls.js";

interface Props {
  readonly field: Field;
  /** As given by the node; undefined where it is not. */
  readonly value: Given;
  /** Whether several nodes differ in it. */
  readonly mixed?: boolean;
  /** What it comes to where it is not given and the input decides. */
  readonly decided?: string | undefined;
  readonly help: string | undefined;
  readonly problem: string | null;
  /** What can be right, and is often not meant. */
  readonly note?: string | null;
  readonly onCommit: (value: Given) => void;
}

export function SettingField(props: Props) {
  const { field, value, mixed = false, help, problem, note, onCommit } = props;
  const id = useId();
  const ties = { id, "aria-describedby": `${id}-help` };
  const inline = field.type === "boolean" && !field.nullable && !mixed;
  const given = value !== undefined || mixed;
  return (
    <div className="grid gap-1.5 py-3">
      <div className="flex min-h-7 items-center gap-2">
        <label htmlFor={id} className="min-w-0 truncate text-sm font-medium">
          {field.name}
        </label>
        {field.unit ? <span className="text-xs text-muted">{field.unit}</span> : null}
        {field.required ? <span className="text-xs text-muted">required</span> : null}
        <span className="grow" />
        {field.nullable && field.default !== null && value !== null ? (
          <Small label={`Set ${field.name} to none`} onClick={() => onCommit(null)}>
            <X size={14} aria-hidden="true" /> None
          </Small>
        ) : null}
        {given && !field.required ? (
          <Small label={`Reset ${field.name}`} onClick={() => onCommit(undefined)}>
            <RotateCcw size={13} aria-hidden="true" /> Reset
          </Small>
        ) : null}
        {inline ? <Switch on={(value ?? field.default) === true} ties={ties} onTurn={(on) => onCommit(on)} /> : null}
      </div>
      {inline ? null : <Control {...props} ties={ties} />}
      <p id={`${id}-help`} className="text-xs text-pretty text-muted">
        {help}
        {field.required || field.determined ? "" : ` Default: ${usual(field)}.`}
      </p>
      {problem ? <p className="text-xs break-words text-bad">{problem}</p> : null}
      {note ? <p className="text-xs text-pretty text-warn">{note}</p> : null}
    </div>
  );
}

function Control({ field, value, mixed, decided, ties, onCommit }: Props & { ties: Ties }) {
  const placeholder = mixed ? "several values" : value === null ? "none" : decided || standing(field);
  const box = { field, value, placeholder, ties, onCommit };
  switch (field.type) {
    case "boolean":
      return (
        <Choice
          {...{ ties }}
          choices={booleans(field)}
          value={mixed ? "" : spoken(value ?? field.default)}
          onChoose={(text) => onCommit(meant(text))}
        />
      );
    case "choice":
      return (
        <Choice
          {...{ ties }}
          choices={field.choices.map((choice) => [choice, choice])}
          value={mixed ? "" : written(value ?? field.default)}
          onChoose={onCommit}
        />
      );
    case "integer":
    case "number":
      return <NumberBox {...box} />;
    case "sizes":
    case "open_sizes":
      return <AxesBox {...box} />;
    default:
      return <TextBox {...box} />;
  }
}

function standing(field: Field): string {
  if (field.default !== null) return written(field.default);
  if (field.determined) return "from the input";
  return field.nullable ? "none" : field.type === "shape" ? "B, 3, 32, 32" : "";
}

/** The default, in words of its control. */
function usual({ default: value, nullable, type }: Field): string {
  if (value === null) return "none";
  if (type === "boolean") return nullable ? (value ? "yes" : "no") : value ? "on" : "off";
  return written(value) || shown(value);
}

function booleans(field: Field): (readonly [string, string])[] {
  const both = [["true", "yes"] as const, ["false", "no"] as const];
  return field.nullable ? [["none", "none"], ...both] : both;
}

function spoken(value: Given): string {
  return value === null || value === undefined ? "none" : String(value);
}

function meant(text: string): Given {
  return text === "none" ? null : text === "true";
}

function Small({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="relative inline-flex min-h-7 items-center gap-1 rounded-lg px-2 text-xs text-accent-text after:absolute after:-inset-2 hover:bg-accent-soft"
    >
      {children}
    </button>
  );
}
