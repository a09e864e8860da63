/** Whether what is drawn is more than what is saved: runs train saved versions alone. */

import { contentHash } from "../blueprint/index.js";
import { graphOf } from "../canvas/wire.js";
import type { Plain } from "../gateway/graphql.js";

interface Drawn {
  readonly revision: string;
  readonly document: unknown;
}

interface Saved {
  readonly revision: string;
  readonly contentHash: string;
}

/** Moving nodes about leaves the network as it was. */
export function isUnsaved({ revision, document }: Drawn, newest: Saved | undefined): boolean {
  if (revision === newest?.revision) return false;
  const graph = graphOf(document as Plain);
  return newest ? contentHash(graph) !== newest.contentHash : graph.nodes.length > 0;
}
