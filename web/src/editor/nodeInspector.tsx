/** One node: what it is, its settings, what flows through it, what it costs, and what can be done with it. */

import { BoxSelect, CopyPlus, Trash2 } from "lucide-react";
import {
  type Analysis,
  type Field,
  type Graph,
  type Issue,
  layerOf,
  type Node,
  removeNode,
  typeOf,
} from "../blueprint/index.js";
import { batchNote } from "../canvas/batch.js";
import { colourOf, lookOf } from "../canvas/categories.js";
import { CategoryMark } from "../canvas/categoryMark.js";
import { duplicating } from "../canvas/clipboard.js";
import { type AtPort, determinedBy, entering } from "../canvas/determined.js";
import type { Drawing } from "../canvas/drawing.js";
import { mentions } from "../canvas/mentions.js";
import { editsAt, nameAt, type Path } from "../canvas/scope.js";
import { type Given, isFact, setting, written } from "../canvas/setting.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Button } from "../ui/button.js";
import { draw } from "./draw.js";
import { IssueFixes } from "./issueFixes.js";
import { GravityMark, gravityOf, sentenceOf } from "./issueNote.js";
import { FigureList, Ports } from "./nodeFigures.js";
import { NodeName } from "./nodeName.js";
import { SettingField } from "./settingField.js";
import { useHelp } from "./useHelp.js";
import type { View } from "./view.js";

interface Props {
  readonly drawing: Drawing;
  readonly view: View;
  readonly path: Path;
  readonly graph: Graph;
  readonly node: Node;
}

export function NodeInspector(props: Props) {
  const { drawing, path, graph, node } = props;
  const analysis = useDrawn(drawing, ({ analysis }) => analysis);
  const name = nameAt(path, node.id);
  const issues = analysis.issues.filter((issue) => issue.node === name || issue.node?.startsWith(`${name}/`));
  const entered = entering(graph, analysis, path, node.id);
  const readOnly = useReadOnly() !== null;
  return (
    <article aria-label={`${node.type} ${node.id}`} className="grid grid-cols-[minmax(0,1fr)] gap-5 p-4 pb-8">
      <Heading node={node} />
      {readOnly ? <p dir="auto">{node.id}</p> : <NodeName {...props} />}
      <Issues drawing={drawing} issues={issues} name={name} />
      <fieldset disabled={readOnly} className="min-w-0 empty:hidden disabled:opacity-70">
        <Settings {...props} issues={issues.filter((issue) => issue.node === name)} entered={entered} />
      </fieldset>
      <Results analysis={analysis} name={name} entered={entered} />
      <Actions {...props} />
    </article>
  );
}

function Heading({ node }: { node: Node }) {
  const look = lookOf(node.type);
  const help = useHelp()?.get(typeOf(node.type))?.[0];
  const colour = colourOf(look);
  return (
    <header className="flex items-start gap-3">
      <span
        className="grid size-10 shrink-0 place-items-center rounded-xl"
        style={{ color: colour, background: `color-mix(in oklab, ${colour} 14%, transparent)` }}
      >
        <CategoryMark look={look} size={20} />
      </span>
      <div className="min-w-0">
        <h3 dir="auto" className="truncate text-base font-semibold">
          {node.type}
        </h3>
        <p className="text-xs text-muted">{look.label}</p>
        {help ? <p className="mt-1.5 text-sm text-pretty text-muted">{help}</p> : null}
      </div>
    </header>
  );
}

const MOST_ISSUES = 5;

function Issues({ drawing, issues, name }: { drawing: Drawing; issues: readonly Issue[]; name: string }) {
  if (issues.length === 0) return null;
  return (
    <section aria-label="Problems here" className="grid gap-3">
      {issues.slice(0, MOST_ISSUES).map((issue, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: two issues may say the same.
          key={`${issue.message} ${at}`}
          className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-xl border border-line p-3"
        >
          <GravityMark gravity={gravityOf(issue)} />
          <p dir="auto" className="text-sm [overflow-wrap:anywhere] text-pretty">
            {issue.node === name ? "" : `In ${issue.node?.slice(name.length + 1)}: `}
            {sentenceOf(issue)}
          </p>
          <IssueFixes drawing={drawing} issue={issue} eager />
        </div>
      ))}
      {issues.length > MOST_ISSUES ? (
        <p className="text-xs text-muted">And {issues.length - MOST_ISSUES} more.</p>
      ) : null}
    </section>
  );
}

function Settings(props: Props & { issues: readonly Issue[]; entered: readonly AtPort[] }) {
  const { drawing, path, node, issues, entered } = props;
  const help = useHelp()?.get(typeOf(node.type));
  const layer = layerOf(node.type);
  const decided = determinedBy(node, entered);
  const fields = layer?.fields ?? [];
  const facts = fields.filter(isFact);
  const commit = (field: Field) => (value: Given) => {
    const edit = setting(node, field, value);
    if (edit) draw(drawing, editsAt(path, [edit]), `Set ${field.name} of ${node.id}`);
  };
  if (fields.length === 0) return null;
  return (
    <section aria-label="Settings">
      <h4 className="text-sm font-semibold">Settings</h4>
      <div className="divide-y divide-line">
        {fields.map((field, at) =>
          isFact(field) ? null : (
            <SettingField
              key={field.name}
              field={field}
              value={node.config.get(field.name)}
              decided={told(decided[field.name])}
              help={help?.[1 + at]}
              problem={problemAt(field, issues)}
              note={field.name === "shape" && path.length === 0 ? batchNote(node) : null}
              onCommit={commit(field)}
            />
          ),
        )}
      </div>
      {facts.length > 0 ? (
        <dl aria-label="Decided by the input" className="grid gap-2 border-t border-line pt-3">
          {facts.map((field) => (
            <div key={field.name} className="flex flex-wrap items-baseline gap-x-3 text-sm">
              <dt className="text-muted" title={help?.[1 + fields.indexOf(field)]}>
                {field.name}
              </dt>
              <dd className="tabular font-medium">
                {told(decided[field.name]) || written(node.config.get(field.name)) || "–"}{" "}
                <span className="text-xs font-normal text-muted">
                  {node.config.has(field.name) ? "given" : "from the input"}
                </span>
              </dd>
              {node.config.has(field.name) ? (
                <button
                  type="button"
                  className="relative text-xs text-accent-text underline after:absolute after:-inset-3"
                  onClick={() => commit(field)(undefined)}
                >
                  Leave it out
                </button>
              ) : null}
            </div>
          ))}
        </dl>
      ) : null}
    </section>
  );
}

/** What a rule has found, written like a setting. */
function told(value: unknown): string {
  if (value === null || value === undefined) return "";
  const items = Array.isArray(value) ? ([...new Set(value.map(String))].length === 1 ? [value[0]] : value) : [value];
  return items.map(String).join(", ");
}

/** What is wrong with a setting, beyond what was said where it was written. */
function problemAt(field: Field, issues: readonly Issue[]): string | null {
  const mine = issues.find(
    ({ code, message }) => code === "bad_config" && mentions(message.replace(/`[^`]*`/, ""), field.name),
  );
  return mine ? sentenceOf(mine) : null;
}

function Results({ analysis, name, entered }: { analysis: Analysis; name: string; entered: readonly AtPort[] }) {
  const figures = analysis.nodes.get(name);
  const outputs = [...(figures?.outputs ?? [])].map(([port, tensor]) => ({ port, tensor }));
  return (
    <section aria-label="Shapes and figures" className="grid gap-4 rounded-xl bg-sunken/60 p-4">
      <Ports title="Input" ports={entered} />
      <Ports title="Output" ports={outputs} />
      {figures ? (
        <FigureList figures={figures} />
      ) : (
        <p className="text-sm text-muted">Figures follow once what is wrong is mended.</p>
      )}
    </section>
  );
}

function Actions({ drawing, view, path, graph, node }: Props) {
  const readOnly = useReadOnly() !== null;
  const duplicate = () => {
    const { ids, edits } = duplicating(graph, [node.id]);
    if (draw(drawing, editsAt(path, edits), `Duplicate ${node.id}`)) view.select(ids);
  };
  const remove = () => {
    if (draw(drawing, editsAt(path, [removeNode(node.id)]), `Delete ${node.id}`)) view.select([]);
  };
  return (
    <div className="flex flex-wrap gap-2">
      {node.graph ? (
        <Button look="primary" onClick={() => view.enter([...path, node.id])}>
          <BoxSelect size={16} aria-hidden="true" /> Open block
        </Button>
      ) : null}
      {readOnly ? null : (
        <>
          <Button onClick={duplicate}>
            <CopyPlus size={16} aria-hidden="true" /> Duplicate
          </Button>
          <Button look="danger" onClick={remove}>
            <Trash2 size={16} aria-hidden="true" /> Delete
          </Button>
        </>
      )}
    </div>
  );
}
