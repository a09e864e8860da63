/** What the gateway tells of who set what, read for one node. */

import type { Plain } from "../gateway/graphql.js";

/** Numbers of versions, as text: of the node as a whole, and of each setting. */
export interface NodeBlame {
  readonly label: string;
  readonly settings: ReadonlyMap<string, string>;
}

type Told = {
  readonly nodes?: Readonly<Record<string, { label: string; settings?: Readonly<Record<string, string>> }>>;
};

/** Null where nothing is told of the node. */
export function nodeBlame(told: Plain, name: string): NodeBlame | null {
  const nodes = (told as Told | null)?.nodes ?? {};
  const found = Object.hasOwn(nodes, name) ? nodes[name] : undefined;
  return found ? { label: found.label, settings: new Map(Object.entries(found.settings ?? {})) } : null;
}
