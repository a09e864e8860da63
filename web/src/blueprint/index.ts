/** What a network is: its document, its layers, its analysis, and its changes; the same as Python's `blueprint`. */

export {
  type Analysis,
  analysisToJson,
  analyze,
  figuresToJson,
  type NodeFigures,
  type Totals,
  type Training,
  totalsToJson,
} from "./analysis.js";
export { canonical, contentHash, withHandles } from "./canonical.js";
export { CATALOGUE_HASH, LAYERS } from "./catalogue.js";
export { decode, encode, type Json, type JsonObject, objectOf, plain } from "./codec.js";
export { type Conflict, conflictToJson } from "./conflicts.js";
export { diff } from "./diff.js";
export { type Dim, type Shape, text } from "./dimensions.js";
export { type Edge, edge, type Graph, graph, type Node, node, type Position, parse, toDocument } from "./document.js";
export { apply, invert } from "./editing.js";
export { editsFromJson, editsToJson } from "./editJson.js";
export {
  addNode,
  configure,
  connect,
  disconnect,
  type Edit,
  EditError,
  group,
  moveNode,
  removeNode,
  renameNode,
  replaceNode,
  ungroup,
  within,
} from "./edits.js";
export { DocumentError, TooComplex, ValueError } from "./errors.js";
export type { Int } from "./integers.js";
export type { Issue } from "./issues.js";
export type { Field, Layer, Port, Tensor } from "./layer.js";
export { layerOf, similarType, typeOf } from "./layers.js";
export { type Merge, merge } from "./merge.js";
export { inputsOf, outputsOf } from "./ports.js";
export { type Change, Session } from "./session.js";
