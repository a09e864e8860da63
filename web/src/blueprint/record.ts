/** What is known of one node once it has been examined. */

import type { Node } from "./document.js";
import type { Examination } from "./examination.js";
import type { Int } from "./integers.js";
import { error, type Issue, titled, warning } from "./issues.js";
import type { Config, Facts, Report, Tensor } from "./layer.js";
import { same } from "./portable.js";
import { outputsOf } from "./ports.js";
import type { Source } from "./sockets.js";

/** What an Input inside a Block gets: a tensor, or the path to blame for its absence. */
export interface Given {
  readonly tensor: Tensor | null;
  readonly failed: string | null;
  readonly learns: boolean;
}

/** A tensor by the node and port that made it, in one text; a view has the maker of what it shows. */
export type Maker = string;

const NOTHING: readonly never[] = [];
const NO_OUTPUTS: ReadonlyMap<string, Tensor> = new Map();

/**
 * A node that failed has no facts but a path to blame.
 *
 * `makers` tells who made each output (null: a parameter). `kept` are the makers of tensors it keeps for the backward
 * pass, beside what its facts name; `learns` whether a gradient passes through it.
 */
export class Record {
  sources: readonly Source[] = NOTHING;
  config: Config | null = null;
  facts: Facts | null = null;
  outputs: ReadonlyMap<string, Tensor> = NO_OUTPUTS;
  failed: string | null = null;
  trainable: Int = 0;
  learns = false;
  inner: Examination | null = null;
  readonly issues: Issue[] = [];
  readonly makers = new Map<string, Maker | null>();
  readonly kept: Maker[] = [];

  constructor(
    readonly node: Node,
    readonly path: string,
  ) {}

  /** How often a Block is repeated; 1 for other nodes. */
  get copies(): Int {
    return this.config?.repeat ?? 1;
  }

  /** Note an issue of this node. */
  readonly report: Report = (verdict, code, what, mend) => {
    if (verdict !== true) {
      const make = verdict === false ? error : warning;
      this.issues.push(make(code, `${titled(this.node.type, this.path)}: ${what}`, mend, this.path));
    }
    return verdict !== false;
  };
}

/** No id of a document holds a NUL. */
export function makerOf(node: string, port: string): Maker {
  return `${node}\0${port}`;
}

/** The node and the port that a maker stands for. */
export function madeBy(maker: Maker): readonly [node: string, port: string] {
  const end = maker.indexOf("\0");
  return [maker.slice(0, end), maker.slice(end + 1)];
}

/** Whether what follows a node need not be examined anew. */
export function givesTheSame(before: Record, after: Record): boolean {
  return (
    equalMaps(before.outputs, after.outputs) &&
    before.failed === after.failed &&
    before.learns === after.learns &&
    equalMaps(before.makers, after.makers) &&
    (after.facts !== null || same(outputsOf(before.node), outputsOf(after.node)))
  );
}

function equalMaps<Value>(one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.has(key) && same(value, other.get(key)));
}
