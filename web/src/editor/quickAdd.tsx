/** The box that adds a layer by typing a part of its name: "/" on the canvas, or a connection dropped on nothing. */

import { useEffect, useId, useRef, useState } from "react";
import type { Layer } from "../blueprint/index.js";
import { CATEGORIES, type Category, colourOf } from "../canvas/categories.js";
import { CategoryMark } from "../canvas/categoryMark.js";
import { layersFor } from "../canvas/finding.js";
import { INPUT } from "../ui/field.js";
import type { QuickAdd as Open } from "./bench.js";
import { useDoing, useEditing } from "./editing.js";
import { useHelp } from "./useHelp.js";

const WIDTH = 300;
const HEIGHT = 360;

export function QuickAdd() {
  const open = useDoing(({ quickAdd }) => quickAdd);
  return open ? <Box key={`${open.at.x},${open.at.y}`} open={open} /> : null;
}

function Box({ open }: { open: Open }) {
  const { bench } = useEditing();
  const add = useAdd(open);
  const [query, setQuery] = useState(open.query);
  const [at, setAt] = useState(0);
  const [id, list] = [useId(), useRef<HTMLDivElement>(null)];
  const found = layersFor(query.replace(/^\//, ""), useHelp()).slice(0, 40);
  const chosen = found[Math.min(at, found.length - 1)];
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  });
  const close = () => bench.set({ quickAdd: null });
  const press = (key: string) => {
    if (key === "ArrowDown") setAt((at + 1) % Math.max(1, found.length));
    else if (key === "ArrowUp") setAt((at + found.length - 1) % Math.max(1, found.length));
    else if (key === "Enter" && chosen) add(chosen.type);
    else if (key === "Escape" || key === "Tab") close();
    else return false;
    return true;
  };
  return (
    <div
      role="dialog"
      aria-label="Add a layer"
      className="fixed z-40 flex flex-col overflow-hidden rounded-[14px] border border-line bg-raised shadow-float"
      style={placeOf(open)}
      onBlur={({ currentTarget, relatedTarget }) => currentTarget.contains(relatedTarget) || close()}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the box opens because somebody began to type.
        autoFocus
        role="combobox"
        aria-label="Layer to add"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={chosen ? `${id}-${chosen.type}` : undefined}
        placeholder="Layer to add"
        autoComplete="off"
        value={query}
        onChange={({ target }) => {
          setQuery(target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (press(event.key)) event.preventDefault();
        }}
        className={`${INPUT} rounded-none border-0 border-b border-line outline-none`}
      />
      <div ref={list} id={id} role="listbox" aria-label="Layers" className="min-h-0 grow overflow-y-auto p-1.5">
        {found.map((layer) => (
          <Option
            key={layer.type}
            id={`${id}-${layer.type}`}
            layer={layer}
            selected={layer === chosen}
            add={() => add(layer.type)}
          />
        ))}
      </div>
      {found.length === 0 ? <p className="px-4 pb-4 text-sm text-muted">No layer is called that.</p> : null}
    </div>
  );
}

function Option(props: { id: string; layer: Layer; selected: boolean; add: () => void }) {
  const { id, layer, selected, add } = props;
  const look = CATEGORIES[layer.category as Category];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the box's, as a combobox has them.
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the box, as a combobox has it.
    <div
      id={id}
      role="option"
      aria-selected={selected}
      onPointerDown={(event) => event.preventDefault()}
      onClick={add}
      className="flex min-h-11 cursor-pointer items-center gap-2.5 rounded-[9px] px-2.5 text-sm hover:bg-sunken aria-selected:bg-accent-soft sm:min-h-9"
    >
      <span style={{ color: colourOf(look) }}>
        <CategoryMark look={look} />
      </span>
      <span className="min-w-0 grow truncate">{layer.type}</span>
      <span className="shrink-0 text-xs text-muted">{look.label}</span>
    </div>
  );
}

/** Adds a layer where the box was asked for: from a port, onto an edge, at the pointer, beside what is selected. */
function useAdd({ at, from, onto }: Open): (type: string) => void {
  const { bench, commands } = useEditing();
  return (type) => {
    bench.set({ quickAdd: null });
    const edge = commands.edge(onto);
    if (edge) commands.insert(type, edge);
    else if (from) commands.addFrom(type, from, at);
    else if (commands.selection.length === 0 && bench.pointer) commands.addAt(type, at);
    else commands.add(type);
  };
}

/** At the pointer, wholly on the screen; on a phone across its upper half, where no keyboard covers it. */
function placeOf({ at }: Open) {
  const { innerWidth, innerHeight } = window;
  if (innerWidth < 700) return { left: 12, right: 12, top: 64, maxHeight: innerHeight * 0.4 };
  const left = Math.max(12, Math.min(at.x - WIDTH / 2, innerWidth - WIDTH - 12));
  const top = Math.max(12, Math.min(at.y, innerHeight - HEIGHT - 12));
  return { left, top, width: WIDTH, maxHeight: HEIGHT };
}
