/** A node of a state: its settings, and for each which saved version set it last, and who saved that. */

import { DoorOpen, X } from "lucide-react";
import type { ReactNode } from "react";
import { type Node, type NodeFigures, text } from "../blueprint/index.js";
import { shapeText } from "../canvas/cards.js";
import { nameAt, type Path } from "../canvas/scope.js";
import { count } from "../format/figures.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Button, IconButton } from "../ui/button.js";
import { Trouble } from "../ui/states.js";
import { type NodeBlame, nodeBlame } from "./blame.js";
import { BLAME, type Version } from "./queries.js";
import { valueText } from "./sentences.js";
import type { StateProps } from "./stateView.js";

interface Props extends StateProps {
  readonly node: Node;
  readonly path: Path;
  readonly figures: NodeFigures | undefined;
  readonly onClose: () => void;
  readonly onEnter: () => void;
}

export function BlameCard({ node, path, figures, onClose, onEnter, id, version, versions, nameOf }: Props) {
  const { data, trouble, fetching, retry } = useAnswer({
    query: BLAME,
    variables: { id, version: version?.number ?? 0 },
    pause: !version,
    requestPolicy: "cache-first",
  });
  const blame = version && data ? nodeBlame(data.blame, nameAt(path, node.id)) : null;
  const who = (label: string | undefined) => (
    <SetBy label={label} version={versions.find(({ number }) => String(number) === label)} nameOf={nameOf} />
  );
  return (
    <aside
      aria-label={`${node.type} ${node.id}`}
      className="border-t border-line bg-raised lg:absolute lg:top-3 lg:right-3 lg:max-h-[calc(100%-4.5rem)] lg:w-80 lg:overflow-y-auto lg:rounded-card lg:border lg:shadow-float"
    >
      <header className="flex items-start gap-2 py-2 pr-2 pl-4">
        <div className="min-w-0 grow pt-1.5">
          <h3 className="truncate font-semibold">{node.type}</h3>
          <p dir="auto" className="truncate text-sm text-muted">
            {node.id}
          </p>
        </div>
        <IconButton label="Close node" onClick={onClose}>
          <X size={18} />
        </IconButton>
      </header>
      <div className="grid gap-3 px-4 pb-4">
        {figures ? <Facts figures={figures} /> : null}
        {node.graph ? (
          <Button onClick={onEnter}>
            <DoorOpen size={16} aria-hidden="true" /> Look inside
          </Button>
        ) : null}
        {version ? null : <p className="text-sm text-muted">Choose a saved version to see who set what.</p>}
        {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
        <dl className="grid gap-2.5 text-sm" aria-busy={fetching}>
          {version ? <Row label="This node">{who(blame?.label)}</Row> : null}
          {[...node.config].map(([name, value]) => (
            <Row key={name} label={name} value={valueText(value)}>
              {version ? who(settingLabel(blame, name)) : null}
            </Row>
          ))}
        </dl>
      </div>
    </aside>
  );
}

function settingLabel(blame: NodeBlame | null, name: string): string | undefined {
  return blame?.settings.get(name);
}

function Facts({ figures }: { figures: NodeFigures }) {
  const [output] = figures.outputs.values();
  const told = [
    output ? shapeText(output.shape) : "",
    `${count(text(figures.params))} parameters`,
    `${count(text(figures.macs))} MACs`,
  ];
  return <p className="tabular text-sm break-words text-muted">{told.filter(Boolean).join(" · ")}</p>;
}

function Row({ label, value, children }: { label: string; value?: string; children?: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="flex min-w-0 gap-2">
        <span dir="auto" className="min-w-0 shrink-0 max-w-[60%] truncate font-medium">
          {label}
        </span>
        {value === undefined ? null : (
          <code dir="auto" className="min-w-0 truncate font-mono text-[13px]" title={value}>
            {value}
          </code>
        )}
      </dt>
      <dd className="min-w-0 text-xs text-muted">{children}</dd>
    </div>
  );
}

type SetByProps = { label: string | undefined; version: Version | undefined; nameOf: (id: string) => string };

function SetBy({ label, version, nameOf }: SetByProps) {
  if (label === undefined) return <>…</>;
  if (!version) return <>{`version ${label}`}</>;
  return (
    <span dir="auto" className="line-clamp-2 break-words">
      {[`version ${label}`, nameOf(version.author), version.message].filter(Boolean).join(" · ")}
    </span>
  );
}
