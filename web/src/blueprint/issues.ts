/** What can be wrong with a network, said in one sentence: what, where, and how to mend it. */

import { quoted } from "./quoting.js";

const TYPE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;

/** One thing wrong (severity `error`) or doubtful (`warning`); `hint` is the mending half of the message. */
export interface Issue {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly node: string | null;
  readonly port: string | null;
  readonly message: string;
  readonly hint: string | null;
}

type Name = string | null;

/** Something that makes the network invalid. */
export function error(code: string, what: string, mend: string, node: Name = null, port: Name = null): Issue {
  return { code, severity: "error", node, port, message: `${what}; ${mend}`, hint: mend };
}

/** Something that may go wrong. */
export function warning(code: string, what: string, mend: string, node: Name = null, port: Name = null): Issue {
  return { ...error(code, what, mend, node, port), severity: "warning" };
}

export function isError(issue: Issue): boolean {
  return issue.severity === "error";
}

/** A node for people: "Conv2d `c1`"; `path` leads through the Blocks that hold it: `b/c1`. */
export function titled(type: string, path: string): string {
  return `${TYPE_NAME.test(type) ? type : "Node"} ${quoted(path)}`;
}
