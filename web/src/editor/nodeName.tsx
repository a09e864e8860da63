/** The id of a node, and another one for it. */

import { useState } from "react";
import { type Graph, type Node, renameNode } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { editsAt, type Path } from "../canvas/scope.js";
import { TextField } from "../ui/field.js";
import { draw } from "./draw.js";
import type { View } from "./view.js";

const LONGEST = 100;

interface Props {
  readonly drawing: Drawing;
  readonly view: View;
  readonly path: Path;
  readonly graph: Graph;
  readonly node: Node;
}

export function NodeName({ drawing, view, path, graph, node }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const problem = draft === null ? null : objection(graph, node.id, draft.trim());
  const finish = () => {
    const wanted = draft?.trim() ?? node.id;
    if (problem !== null) return;
    setDraft(null);
    if (wanted === node.id) return;
    if (draw(drawing, editsAt(path, [renameNode(node.id, wanted)]), `Rename ${node.id}`)) view.select([wanted]);
  };
  return (
    <TextField
      label="Name"
      value={draft ?? node.id}
      problem={problem}
      dir="auto"
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      onChange={({ target }) => setDraft(target.value)}
      onBlur={finish}
      onKeyDown={({ key }) => {
        if (key === "Enter") finish();
        if (key === "Escape") setDraft(null);
      }}
    />
  );
}

/** Why a node cannot be called so; null where it can. */
function objection(graph: Graph, id: string, wanted: string): string | null {
  if (wanted === id) return null;
  if (wanted === "") return "A node needs a name; write one.";
  if (wanted.length > LONGEST) return `A name has at most ${LONGEST} characters; write a shorter one.`;
  if (wanted.includes("/")) return "A name holds no slash, as b/c1 means c1 in the Block b; leave it out.";
  if (graph.nodes.some((node) => node.id === wanted)) return `There is a node ${wanted} already; choose another name.`;
  return null;
}
