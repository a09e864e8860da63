/** A draft that notes what changes in it, so that what follows knows where to look. */

import type { Graph } from "./document.js";
import { type Draft, draftOf } from "./draft.js";

/** A map that notes which of its keys were written or deleted. */
class Watched<Key, Value> extends Map<Key, Value> {
  changed = new Set<Key>();

  constructor(values: ReadonlyMap<Key, Value>) {
    super();
    for (const [key, value] of values) super.set(key, value);
  }

  override set(key: Key, value: Value): this {
    this.changed.add(key);
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    this.changed.add(key);
    return super.delete(key);
  }
}

/** A graph opened for editing, which notes the nodes and edges that change. */
export function watchedDraft(graph: Graph): Draft {
  const draft = draftOf(graph);
  draft.nodes = new Watched(draft.nodes);
  draft.edges = new Watched(draft.edges);
  return draft;
}

/** The keys changed since the last time. */
export function take<Key, Value>(table: ReadonlyMap<Key, Value>): ReadonlySet<Key> {
  const watched = table as Watched<Key, Value>;
  const { changed } = watched;
  watched.changed = new Set();
  return changed;
}
