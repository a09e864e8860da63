/** Documents and edits between the engine, whose objects are maps, and JSON as it travels and is kept. */

import { type Edit, editsFromJson, editsToJson, type Graph, type Json, parse, toDocument } from "../blueprint/index.js";
import { spelled } from "../blueprint/spelling.js";
import type { Plain } from "../gateway/graphql.js";
import type { Batch } from "./replica.js";

/** Plain JSON of one of the engine's values. */
function plainOf(value: Json): Plain {
  return JSON.parse(spelled(value)) as Plain;
}

export function documentOf(graph: Graph): Plain {
  return plainOf(toDocument(graph));
}

/** Throws DocumentError, one sentence. */
export function graphOf(document: Plain): Graph {
  return parse(document as object);
}

export function plainEdits(edits: readonly Edit[]): Plain {
  return plainOf(editsToJson(edits));
}

/** Throws EditError. */
export function editsOf(edits: Plain): readonly Edit[] {
  return editsFromJson(edits);
}

/** Batches as they are kept on this device. */
export function keptBatches(batches: readonly Batch[]): Plain {
  return batches.map((batch) => ({ ...batch, edits: plainEdits(batch.edits) }));
}

/** Batches that were kept on this device. */
export function batchesOf(kept: Plain): Batch[] {
  return (kept as unknown as (Omit<Batch, "edits"> & { edits: Plain })[]).map((batch) => ({
    ...batch,
    edits: editsOf(batch.edits),
  }));
}
