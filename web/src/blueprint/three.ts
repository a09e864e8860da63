/** A thing as it was and as two people left it, and which of the two to take. */

import type { Json } from "./codec.js";
import { spelled } from "./spelling.js";

/** A field that may not be there, which is not the same as null. */
export type Value = Json | undefined;

/** The same thing as it was, and as each of two people left it. */
export interface Three<Side> {
  readonly base: Side;
  readonly ours: Side;
  readonly theirs: Side;
}

/** Something of all three. */
export function each<Side, Other>(three: Three<Side>, of: (side: Side) => Other): Three<Other> {
  return { base: of(three.base), ours: of(three.ours), theirs: of(three.theirs) };
}

/** `theirs` where only they changed it, null where both did and differently, else `ours`. */
export function winner(values: Three<Value>): "ours" | "theirs" | null {
  if (same(values.ours, values.theirs) || same(values.base, values.theirs)) return "ours";
  return same(values.base, values.ours) ? "theirs" : null;
}

/** Whether two values are spelt alike; true is not 1. */
export function same(one: Value, other: Value): boolean {
  return one === other || (one !== undefined && other !== undefined && spelled(one) === spelled(other));
}

/** What is no content, as whoever changed it has it. */
export function followed<Side>(values: Three<Side>, speltAs: (side: Side) => Value): Side {
  return same(speltAs(values.ours), speltAs(values.base)) ? values.theirs : values.ours;
}
