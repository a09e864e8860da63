/** Sizes along one to three axes: one for all of them, or one for each, or a word. */

import { Link2, Link2Off } from "lucide-react";
import { useState } from "react";
import type { Field, Json } from "../blueprint/index.js";
import { shown } from "../blueprint/quoting.js";
import { isList } from "../blueprint/spelling.js";
import type { Given } from "../canvas/setting.js";
import { IconButton } from "../ui/button.js";
import { NumberBox, type Ties } from "./settingControls.js";

const AXES = [[], ["length"], ["height", "width"], ["depth", "height", "width"]];
const ofAxis = new WeakMap<Field, readonly [all: Field, each: Field]>();

interface Props {
  readonly field: Field;
  readonly value: Given;
  readonly placeholder: string;
  readonly ties: Ties;
  readonly onCommit: (value: Given) => void;
}

export function AxesBox({ field, value, placeholder, ties, onCommit }: Props) {
  const items = itemsOf(field, value);
  const alike = items.every((item) => item === items[0]);
  const [apart, setApart] = useState(false);
  const [all, each] = fieldsOfAxes(field);
  const separate = field.count > 1 && (apart || !alike);
  const open = field.type === "open_sizes";
  const together = () => {
    setApart(!separate);
    if (separate && !alike) onCommit(open ? items.map(() => items[0] ?? null) : (items[0] as Json));
  };
  const change = (at: number, size: Given) => {
    const others = open ? null : field.default;
    onCommit(
      merged(
        items.map((item, n) => (n === at ? (size ?? null) : (item ?? others))),
        open,
      ),
    );
  };
  return (
    <div className="grid gap-2">
      <div className="flex items-start gap-1">
        {separate ? (
          <div className="grid min-w-0 grow gap-2">
            {items.map((item, at) => {
              const axis = AXES[field.count]?.[at] ?? "";
              return (
                <div key={axis} className="grid grid-cols-[4rem_1fr] items-start gap-1">
                  <span className="pt-3 text-xs text-muted sm:pt-2.5">{axis}</span>
                  <NumberBox
                    field={each}
                    value={item}
                    placeholder={open ? "as it is" : placeholder}
                    ties={{ ...ties, id: "", "aria-label": `${field.name}, ${axis}` }}
                    onCommit={(size) => change(at, size)}
                  />
                </div>
              );
            })}
          </div>
        ) : (
          <NumberBox
            field={all}
            value={typeof items[0] === "number" ? items[0] : undefined}
            placeholder={placeholder}
            ties={ties}
            onCommit={(size) => onCommit(open && size === null ? items.map(() => null) : size)}
          />
        )}
        {field.count > 1 ? (
          <IconButton
            label={separate ? `One ${field.name} for all axes` : `A ${field.name} for each axis`}
            onClick={together}
          >
            {separate ? <Link2Off size={16} /> : <Link2 size={16} />}
          </IconButton>
        ) : null}
      </div>
      {field.choices.length > 0 ? <Words field={field} value={value} onCommit={onCommit} /> : null}
    </div>
  );
}

function Words({ field, value, onCommit }: Pick<Props, "field" | "value" | "onCommit">) {
  return (
    <div className="flex flex-wrap gap-2">
      {field.choices.map((choice) => (
        <button
          key={choice}
          type="button"
          aria-pressed={value === choice}
          onClick={() => onCommit(value === choice ? undefined : choice)}
          className="min-h-11 rounded-full border border-line px-4 text-sm text-muted hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text sm:min-h-8 sm:px-3 sm:text-xs"
        >
          {choice}
        </button>
      ))}
    </div>
  );
}

/** What is given for each axis, null where nothing is. */
function itemsOf({ count }: Field, value: Given): readonly Json[] {
  if (isList(value) && value.length === count) return value;
  return Array.from({ length: count }, () => (typeof value === "number" ? value : null));
}

/** One size where all are alike, but for places left open, which need a list. */
function merged(items: readonly Json[], open: boolean): Given {
  const [first] = items;
  const alike = items.every((item) => shown(item) === shown(first ?? null));
  return alike && !(open && first === null) ? first : items;
}

/** The field as one number for all axes, and as one of them; each made once, as readers remember fields. */
function fieldsOfAxes(field: Field): readonly [all: Field, each: Field] {
  let made = ofAxis.get(field);
  if (!made) {
    const open = field.type === "open_sizes";
    const number = { ...field, type: "integer", choices: [], count: 0 };
    // An open place is null, whatever stands for "as it is" elsewhere; the default 0 only marks null as a value.
    const place = { ...number, nullable: true, required: false, default: 0 };
    made = open ? [place, place] : [number, { ...number, required: true, default: null }];
    ofAxis.set(field, made);
  }
  return made;
}
