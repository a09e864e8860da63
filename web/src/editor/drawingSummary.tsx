/** The drawing itself, while nothing is selected: what it is made of, and how to go on. */

import { CircleCheck, Plus, TriangleAlert } from "lucide-react";
import { sizeOf } from "../blueprint/document.js";
import { colourOf, lookOf } from "../canvas/categories.js";
import { CategoryMark } from "../canvas/categoryMark.js";
import type { Drawing } from "../canvas/drawing.js";
import { graphAt, type Path } from "../canvas/scope.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Button } from "../ui/button.js";
import { FigureList } from "./nodeFigures.js";
import type { View } from "./view.js";

const MOST_TYPES = 8;

interface Props {
  readonly drawing: Drawing;
  readonly view: View;
  readonly path: Path;
}

export function DrawingSummary({ drawing, view, path }: Props) {
  const { graph: whole, name, analysis } = useDrawn(drawing, (drawn) => drawn);
  const graph = graphAt(whole, path);
  const [nodes, edges] = graph ? sizeOf(graph) : [0, 0];
  const block = path.join("/");
  const readOnly = useReadOnly() !== null;
  const figures = block ? analysis.nodes.get(block) : analysis.totals;
  return (
    <article
      aria-label={block ? `Block ${block}` : "The architecture"}
      className="grid grid-cols-[minmax(0,1fr)] gap-5 p-4 pb-8"
    >
      <header>
        <h3 dir="auto" className="text-base font-semibold [overflow-wrap:anywhere] line-clamp-3">
          {block ? `Inside Block ${block}` : name}
        </h3>
        <p className="tabular mt-1 text-sm text-muted">
          {nodes} {nodes === 1 ? "node" : "nodes"}, {edges} {edges === 1 ? "edge" : "edges"}
        </p>
      </header>
      {nodes > 0 ? <Health view={view} problems={analysis.issues.length} valid={analysis.valid} /> : null}
      {nodes > 0 && figures ? (
        <section aria-label="Figures" className="rounded-xl bg-sunken/60 p-4">
          <FigureList figures={figures} />
        </section>
      ) : null}
      {nodes > 0 ? <Types types={graph?.nodes.map(({ type }) => type) ?? []} /> : null}
      <section aria-label="How to go on" className="grid gap-3">
        <p className="text-sm text-pretty text-muted">
          {readOnly
            ? "Select a node to see its settings, and what flows through it."
            : nodes === 0
              ? "Begin with an Input, which says what one sample looks like. Add layers after it, and end with an Output: shapes are worked out as you draw."
              : "Select a node to see and change its settings, several to change what they share."}
        </p>
        {readOnly ? null : (
          <Button look={nodes === 0 ? "primary" : "secondary"} onClick={() => view.show("palette")}>
            <Plus size={16} aria-hidden="true" /> {nodes === 0 ? "Add the first layer" : "Add a layer"}
          </Button>
        )}
      </section>
    </article>
  );
}

function Health({ view, problems, valid }: { view: View; problems: number; valid: boolean }) {
  if (problems === 0) {
    return (
      <p className="flex items-center gap-2 rounded-xl bg-good-soft px-3 py-2.5 text-sm text-good">
        <CircleCheck size={16} aria-hidden="true" className="shrink-0" /> Everything fits.
      </p>
    );
  }
  const tone = valid ? "bg-warn-soft text-warn" : "bg-bad-soft text-bad";
  return (
    <button
      type="button"
      onClick={() => view.show("problems")}
      className={`flex min-h-11 items-center gap-2 rounded-xl px-3 py-2.5 text-left text-sm hover:brightness-95 ${tone}`}
    >
      <TriangleAlert size={16} aria-hidden="true" className="shrink-0" />
      {problems === 1 ? "1 problem: see what mends it" : `${problems} problems: see what mends them`}
    </button>
  );
}

function Types({ types }: { types: readonly string[] }) {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return (
    <ul aria-label="Layers" className="grid gap-2">
      {sorted.slice(0, MOST_TYPES).map(([type, many]) => (
        <li key={type} className="flex items-center gap-2.5 text-sm">
          <span style={{ color: colourOf(lookOf(type)) }}>
            <CategoryMark look={lookOf(type)} size={16} />
          </span>
          <span dir="auto" className="min-w-0 grow truncate">
            {type}
          </span>
          <span className="tabular text-muted">{many}</span>
        </li>
      ))}
      {sorted.length > MOST_TYPES ? (
        <li className="text-xs text-muted">and {sorted.length - MOST_TYPES} more kinds of layers</li>
      ) : null}
    </ul>
  );
}
