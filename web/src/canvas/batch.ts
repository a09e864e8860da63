/** Training gives a network samples by the batch, so an Input of one sample alone is seldom meant. */

import type { Node } from "../blueprint/index.js";
import { isList } from "../blueprint/spelling.js";
import { written } from "./setting.js";

const BATCH = "B";

/** What to write instead where an Input's shape has no batch; null where it has, or is no list of sizes. */
export function batchNote({ type, config }: Node): string | null {
  const shape = config.get("shape");
  if (type !== "Input" || !isList(shape) || shape.length === 0 || shape.includes(BATCH)) return null;
  return `There is no batch in it, so it reads one sample alone; to train it, write ${BATCH}, ${written(shape)}.`;
}
