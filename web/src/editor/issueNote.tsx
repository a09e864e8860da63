/** One issue: how bad, what, and how it is mended. */

import { CircleAlert, Hourglass, TriangleAlert } from "lucide-react";
import type { Issue } from "../blueprint/index.js";

/** An issue that only waits for another one is shown apart. */
export type Gravity = "Error" | "Warning" | "Waits";

const LOOKS = {
  Error: { Icon: CircleAlert, colour: "text-bad" },
  Warning: { Icon: TriangleAlert, colour: "text-warn" },
  Waits: { Icon: Hourglass, colour: "text-muted" },
};

export function gravityOf(issue: Issue): Gravity {
  if (issue.code === "upstream") return "Waits";
  return issue.severity === "error" ? "Error" : "Warning";
}

export function GravityMark({ gravity }: { gravity: Gravity }) {
  const { Icon, colour } = LOOKS[gravity];
  return (
    <span className={`inline-flex items-center gap-1.5 text-xs font-semibold ${colour}`}>
      <Icon size={15} aria-hidden="true" /> {gravity}
    </span>
  );
}

/** The name of a setting, which stays as it is written. */
const NAME = /^[a-z]+_/;

/** The sentence without the node's name, which stands beside it, and begun as sentences are. */
export function sentenceOf({ message }: Issue): string {
  const said = message.replace(/^[A-Za-z][A-Za-z0-9_]{0,39} `[^`]*`: /, "").replaceAll("`", "");
  const begun = message.startsWith("`") || NAME.test(said) ? said : `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return `${begun}.`.replace(/([.?!])\.$/, "$1");
}
