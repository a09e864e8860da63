/** Several nodes together: how many, what they cost in all, and the settings they share. */

import { CopyPlus, Trash2 } from "lucide-react";
import { sumsOf } from "../blueprint/analysis.js";
import { product } from "../blueprint/dimensions.js";
import { type Field, type Graph, layerOf, type Node, removeNode, typeOf } from "../blueprint/index.js";
import { shown } from "../blueprint/quoting.js";
import { duplicating } from "../canvas/clipboard.js";
import type { Drawing } from "../canvas/drawing.js";
import { editsAt, nameAt, type Path } from "../canvas/scope.js";
import { type Given, setting, sharedFields } from "../canvas/setting.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Button } from "../ui/button.js";
import { draw } from "./draw.js";
import { FigureList } from "./nodeFigures.js";
import { SettingField } from "./settingField.js";
import { useHelp } from "./useHelp.js";
import type { View } from "./view.js";

interface Props {
  readonly drawing: Drawing;
  readonly view: View;
  readonly path: Path;
  readonly graph: Graph;
  readonly nodes: readonly Node[];
}

export function SelectionInspector(props: Props) {
  const { drawing, path, nodes } = props;
  const analysis = useDrawn(drawing, ({ analysis }) => analysis);
  const known = nodes.flatMap(({ id }) => analysis.nodes.get(nameAt(path, id)) ?? []);
  const sums = sumsOf(known);
  const kinds = [...new Set(nodes.map(({ type }) => type))];
  const unknown = nodes.length - known.length;
  const readOnly = useReadOnly() !== null;
  return (
    <article aria-label={`${nodes.length} nodes`} className="grid grid-cols-[minmax(0,1fr)] gap-5 p-4 pb-8">
      <header>
        <h3 className="text-base font-semibold">{nodes.length} nodes</h3>
        <p dir="auto" className="mt-1 line-clamp-2 text-sm break-words text-muted">
          {kinds.map((kind) => `${nodes.filter(({ type }) => type === kind).length} × ${kind}`).join(", ")}
        </p>
      </header>
      <section aria-label="Figures" className="grid gap-3 rounded-xl bg-sunken/60 p-4">
        <FigureList figures={{ ...sums, flops: product([2, sums.macs]) }} />
        {unknown > 0 ? <p className="text-xs text-muted">Without {unknown} that could not be checked.</p> : null}
      </section>
      <fieldset disabled={readOnly} className="min-w-0 empty:hidden disabled:opacity-70">
        <SharedSettings {...props} />
      </fieldset>
      {readOnly ? null : <Actions {...props} />}
    </article>
  );
}

function SharedSettings({ drawing, path, nodes }: Props) {
  const help = useHelp();
  const layers = nodes.map(({ type }) => layerOf(type));
  const fields = layers.includes(null) ? [] : sharedFields(layers.flatMap((layer) => layer ?? []));
  const [first] = layers;
  const commit = (field: Field) => (value: Given) => {
    const edits = nodes.flatMap((node) => setting(node, field, value) ?? []);
    draw(drawing, editsAt(path, edits), `Set ${field.name} of ${nodes.length} nodes`);
  };
  if (fields.length === 0 || !first) return <p className="text-sm text-muted">These layers share no settings.</p>;
  return (
    <section aria-label="Shared settings">
      <h4 className="text-sm font-semibold">Shared settings</h4>
      <div className="divide-y divide-line">
        {fields.map((field) => {
          const given = nodes.map(({ config }) => config.get(field.name));
          const standing = new Set(given.map((value) => shown(value === undefined ? field.default : value)));
          return (
            <SettingField
              key={field.name}
              field={field}
              value={standing.size > 1 ? undefined : given[0]}
              mixed={standing.size > 1}
              help={help?.get(typeOf(nodes[0]?.type ?? ""))?.[1 + first.fields.indexOf(field)]}
              problem={null}
              onCommit={commit(field)}
            />
          );
        })}
      </div>
    </section>
  );
}

function Actions({ drawing, view, path, graph, nodes }: Props) {
  const chosen = nodes.map(({ id }) => id);
  const duplicate = () => {
    const { ids, edits } = duplicating(graph, chosen);
    if (draw(drawing, editsAt(path, edits), `Duplicate ${chosen.length} nodes`)) view.select(ids);
  };
  const remove = () => {
    if (draw(drawing, editsAt(path, chosen.map(removeNode)), `Delete ${chosen.length} nodes`)) view.select([]);
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={duplicate}>
        <CopyPlus size={16} aria-hidden="true" /> Duplicate
      </Button>
      <Button look="danger" onClick={remove}>
        <Trash2 size={16} aria-hidden="true" /> Delete
      </Button>
    </div>
  );
}
