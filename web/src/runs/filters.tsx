/** What narrows the list of runs: text, architecture, states. */

import { useEffect, useState } from "react";
import { INPUT } from "../ui/field.js";
import { SearchBox } from "../ui/searchBox.js";
import type { Listing } from "./listing.js";
import type { State } from "./queries.js";
import { STATES } from "./states.js";

const SETTLED_MS = 250;

interface Props {
  readonly listing: Listing;
  readonly architectures: ReadonlyMap<string, string>;
  readonly onChange: (change: (listing: Listing) => Listing) => void;
}

export function Filters({ listing, architectures, onChange }: Props) {
  const [text, setText] = useState(listing.query);
  useEffect(() => {
    if (text === listing.query) return;
    const timer = setTimeout(() => onChange((now) => ({ ...now, query: text })), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text, listing.query, onChange]);
  const toggle = (state: State) =>
    onChange((now) => ({
      ...now,
      states: now.states.includes(state) ? now.states.filter((each) => each !== state) : [...now.states, state],
    }));
  return (
    <search className="grid gap-3">
      <div className="flex flex-wrap gap-3">
        <SearchBox label="Find runs by name" value={text} onChange={setText} />
        <select
          aria-label="Architecture"
          value={listing.architecture}
          onChange={(event) => onChange((now) => ({ ...now, architecture: event.target.value }))}
          className={`${INPUT} min-w-0 grow basis-full sm:max-w-64 sm:basis-40`}
        >
          <option value="">Every architecture</option>
          {[...architectures].map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">States</legend>
        {(Object.keys(STATES) as State[]).map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={listing.states.includes(state)}
            onClick={() => toggle(state)}
            className="min-h-11 rounded-full border border-line px-3.5 text-sm text-muted hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text sm:min-h-8"
          >
            {STATES[state].word}
          </button>
        ))}
      </fieldset>
    </search>
  );
}
