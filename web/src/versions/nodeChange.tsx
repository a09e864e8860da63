/** A node on both sides: its settings before and after, and what it costs. */

import { DoorOpen, X } from "lucide-react";
import { type Analysis, type Node, type NodeFigures, text } from "../blueprint/index.js";
import { nameAt } from "../canvas/scope.js";
import { Button, IconButton } from "../ui/button.js";
import { type Level, settingsOf } from "./comparison.js";
import { FigureTable } from "./figureTable.js";
import { valueText } from "./sentences.js";
import type { Figure } from "./totals.js";

/** A node by its id on each side; null where it is not. */
export interface Chosen {
  readonly before: string | null;
  readonly after: string | null;
}

interface Props {
  readonly level: Level;
  readonly chosen: Chosen;
  readonly analyses: readonly [before: Analysis, after: Analysis];
  readonly onClose: () => void;
  readonly onEnter: (id: string) => void;
}

export function NodeChange({ level, chosen, analyses, onClose, onEnter }: Props) {
  const [before, after] = [nodeIn(level, "before", chosen.before), nodeIn(level, "after", chosen.after)];
  const node = after ?? before;
  if (!node) return null;
  const mark = (after ? level.after.nodes.get(after.id) : level.before.nodes.get(node.id)) ?? "the same";
  const was = chosen.before === null ? undefined : analyses[0].nodes.get(nameAt(level.paths.before, chosen.before));
  const is = chosen.after === null ? undefined : analyses[1].nodes.get(nameAt(level.paths.after, chosen.after));
  return (
    <aside aria-label={`${node.type} ${node.id}`} className="border-t border-line bg-raised">
      <header className="flex items-start gap-2 py-2 pr-2 pl-4">
        <p className="min-w-0 grow pt-2 text-sm break-words sm:pt-1.5">
          <b className="font-semibold">{node.type}</b> <bdi>{node.id}</bdi> · <span>{mark}</span>
          {before && after && before.id !== after.id ? <bdi>{`, was ${before.id}`}</bdi> : null}
        </p>
        {node.graph ? (
          <Button onClick={() => onEnter(node.id)}>
            <DoorOpen size={16} aria-hidden="true" /> Look inside
          </Button>
        ) : null}
        <IconButton label="Close node" onClick={onClose}>
          <X size={18} />
        </IconButton>
      </header>
      <div className="grid gap-6 px-4 pb-4 md:grid-cols-2">
        <Settings before={before} after={after} />
        <FigureTable figures={costsOf(was, is)} names={["Before", "After"]} />
      </div>
    </aside>
  );
}

function Settings({ before, after }: { before: Node | null; after: Node | null }) {
  const settings = settingsOf(before, after);
  if (settings.length === 0) return <p className="py-2 text-sm text-muted">All its settings are the layer's own.</p>;
  return (
    <div className="overflow-x-auto">
      <table className="w-full table-fixed text-sm">
        <thead className="text-xs text-muted">
          <tr>
            {["Setting", "Before", "After"].map((name) => (
              <th key={name} scope="col" className="py-1.5 pr-3 text-left font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {settings.map(({ name, before: was, after: is, changed }) => (
            <tr key={name} className={`border-t border-line ${changed ? "bg-warn-soft" : ""}`}>
              <th scope="row" className="py-2 pr-3 text-left font-normal break-words">
                <bdi>{name}</bdi>
              </th>
              <Value there={before !== null} text={valueText(was)} />
              <Value there={after !== null} text={valueText(is)} strong={changed} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ there, text, strong = false }: { there: boolean; text: string; strong?: boolean }) {
  return (
    <td className={`py-2 pr-3 font-mono text-[13px] break-words ${strong ? "font-semibold" : ""}`}>
      <bdi>{there ? text : "–"}</bdi>
    </td>
  );
}

/** What a node costs on both sides; where it is not, nothing. */
export function costsOf(was: NodeFigures | undefined, is: NodeFigures | undefined): readonly Figure[] {
  const rows = [
    ["params", "Parameters"],
    ["macs", "MACs"],
    ["activationBytes", "Activations"],
  ] as const;
  return rows.map(([name, label]) => ({
    ...{ name, label },
    before: was ? text(was[name]) : "0",
    after: is ? text(is[name]) : "0",
  }));
}

function nodeIn(level: Level, side: "before" | "after", id: string | null): Node | null {
  return level[side].graph.nodes.find((node) => node.id === id) ?? null;
}
