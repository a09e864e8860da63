/** All layers of the catalogue, by category; each is added by a tap, or dragged onto the canvas. */

import { Search } from "lucide-react";
import { useRef, useState } from "react";
import type { Layer } from "../blueprint/index.js";
import { CATEGORIES, type Category, colourOf } from "../canvas/categories.js";
import { CategoryMark } from "../canvas/categoryMark.js";
import { byCategory, layersFor } from "../canvas/finding.js";
import { INPUT } from "../ui/field.js";
import { useEditing } from "./editing.js";
import { useHelp } from "./useHelp.js";
import { usePaletteDrag } from "./usePaletteDrag.js";
import { useRoving } from "./useRoving.js";

/** `flat`: groups side by side, for a sheet over the lower half of a phone. */
export function Palette({ flat = false }: { flat?: boolean }) {
  const [query, setQuery] = useState("");
  const help = useHelp();
  const list = useRef<HTMLDivElement>(null);
  const found = layersFor(query, help);
  const groups = byCategory(found);
  const shown = query ? found : groups.flatMap(([, layers]) => layers);
  const roving = useRoving(shown.map(({ type }) => type));
  const told = { flat, help, stop: roving.stop };
  const goTo = (category: string) =>
    list.current?.querySelector(`[data-category="${category}"]`)?.scrollIntoView({ block: "start", inline: "start" });
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="relative p-3 pb-2">
        <Search
          size={16}
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-6 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          aria-label="Find a layer"
          placeholder="Find a layer"
          value={query}
          onChange={({ target }) => {
            setQuery(target.value);
            // The best are the first.
            list.current?.scrollTo(0, 0);
          }}
          className={`${INPUT} pl-9`}
        />
      </div>
      {flat && !query ? <Chips groups={groups} goTo={goTo} /> : null}
      <div
        ref={list}
        role="toolbar"
        aria-label="Layers to add"
        aria-orientation={flat ? "horizontal" : "vertical"}
        {...roving.list}
        className={
          flat
            ? "flex min-h-0 grow gap-4 overflow-x-auto overflow-y-hidden overscroll-contain px-3 pb-3"
            : "min-h-0 grow overflow-y-auto overscroll-contain px-2 pb-6"
        }
      >
        {query ? (
          <Entries layers={found} {...told} />
        ) : (
          groups.map(([category, layers]) => (
            <section key={category} data-category={category} aria-label={CATEGORIES[category].label}>
              <h3 className="sticky top-0 left-0 z-10 bg-surface px-2 py-1.5 text-xs font-medium text-muted">
                {CATEGORIES[category].label}
              </h3>
              <Entries layers={layers} {...told} />
            </section>
          ))
        )}
        {found.length === 0 ? (
          <p className="px-2 py-4 text-sm break-words text-muted">No layer is called “{query.slice(0, 60)}”.</p>
        ) : null}
      </div>
    </div>
  );
}

type Groups = readonly (readonly [Category, readonly Layer[]])[];

function Chips({ groups, goTo }: { groups: Groups; goTo: (category: string) => void }) {
  return (
    <div className="flex shrink-0 gap-1.5 overflow-x-auto px-3 pb-2">
      {groups.map(([category]) => (
        <button
          key={category}
          type="button"
          onClick={() => goTo(category)}
          className="flex min-h-11 shrink-0 items-center gap-1.5 rounded-full border border-line px-3 text-xs"
        >
          <span style={{ color: colourOf(CATEGORIES[category]) }}>
            <CategoryMark look={CATEGORIES[category]} size={14} />
          </span>
          {CATEGORIES[category].label}
        </button>
      ))}
    </div>
  );
}

type Help = ReadonlyMap<string, readonly string[]> | null;

interface EntriesProps {
  readonly layers: readonly Layer[];
  readonly flat: boolean;
  readonly help: Help;
  /** The layer that Tab leads to. */
  readonly stop: string | null;
}

function Entries({ layers, flat, help, stop }: EntriesProps) {
  const shape = flat ? "grid auto-cols-[10.5rem] grid-flow-col grid-rows-3 gap-1.5" : "grid";
  return (
    <div className={shape}>
      {layers.map(({ type, category }) => (
        <Entry
          key={type}
          {...{ type, flat }}
          category={category as Category}
          help={help?.get(type)?.[0]}
          stop={type === stop}
        />
      ))}
    </div>
  );
}

interface EntryProps {
  readonly type: string;
  readonly category: Category;
  readonly flat: boolean;
  readonly help: string | undefined;
  readonly stop: boolean;
}

/** Scrolled one way, dragged the other: along the list fingers scroll, across it they carry the layer away. */
function Entry({ type, category, flat, help, stop }: EntryProps) {
  const { commands } = useEditing();
  const drag = usePaletteDrag(type, () => commands.add(type));
  return (
    <button
      type="button"
      aria-label={type}
      title={help}
      data-rove={type}
      tabIndex={stop ? 0 : -1}
      {...drag}
      className={`flex scroll-mt-8 min-h-11 items-center gap-2.5 rounded-[10px] px-2 text-left text-sm select-none hover:bg-sunken ${flat ? "touch-pan-x border border-line bg-surface" : "touch-pan-y sm:min-h-9"}`}
    >
      <span className="shrink-0" style={{ color: colourOf(CATEGORIES[category]) }}>
        <CategoryMark look={CATEGORIES[category]} />
      </span>
      <span className="min-w-0 truncate">{type}</span>
    </button>
  );
}
