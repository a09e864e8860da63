/** One export: how far it is or how it ended, the proof, the file. */

import { Copy, Download } from "lucide-react";
import { useState } from "react";
import { ago, bytes, duration, exact } from "../format/figures.js";
import { Button, IconButton } from "../ui/button.js";
import { Badge, type Tone, Trouble } from "../ui/states.js";
import { copy } from "../ui/take.js";
import { Proof } from "./proof.js";
import { type Export, isGoing } from "./queries.js";
import { Stages } from "./stages.js";

const STATES: Record<Export["state"], readonly [word: string, tone: Tone]> = {
  QUEUED: ["Queued", "neutral"],
  RUNNING: ["Running", "accent"],
  VALIDATED: ["Proven equal", "good"],
  CONVERTED_NOT_VALIDATED: ["Converted, not proven", "warn"],
  UNAVAILABLE: ["Not available here", "warn"],
  FAILED: ["Failed", "bad"],
};

interface Props {
  readonly given: Export;
  readonly title: string;
  /** Asks for another of the same format; null for whom that is refused. */
  readonly onRetry: (() => void) | null;
  readonly busy: boolean;
}

export function ExportCard({ given, title, onRetry, busy }: Props) {
  const [word, tone] = STATES[given.state];
  const ended = given.state === "FAILED" || given.state === "UNAVAILABLE";
  return (
    <article
      aria-label={`${title}, ${word}`}
      className="grid min-w-0 grid-cols-1 gap-4 rounded-card border border-line bg-surface p-4 sm:p-5"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-medium">{title}</h3>
        <Badge tone={tone}>{word}</Badge>
        <span className="ml-auto text-xs text-muted" title={given.createdAt}>
          {ago(given.createdAt)}
          {given.finishedAt ? `, took ${took(given)}` : ""}
        </span>
      </header>
      {isGoing(given) ? <Stages given={given} /> : null}
      {given.reason ? (
        ended ? (
          <Trouble>{given.reason}</Trouble>
        ) : (
          <p className="text-sm text-warn">{given.reason}</p>
        )
      ) : null}
      {given.validation ? <Proof validation={given.validation} /> : null}
      {given.download ? <TakeHome file={given.download} /> : null}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {ended && onRetry ? (
          <Button busy={busy} onClick={onRetry}>
            Try again
          </Button>
        ) : null}
        {given.report ? <Report report={given.report} /> : null}
      </div>
    </article>
  );
}

function TakeHome({ file }: { file: NonNullable<Export["download"]> }) {
  return (
    <div className="grid min-w-0 grid-cols-1 gap-2">
      <a
        href={file.url}
        download={file.name}
        className="flex min-h-11 items-center gap-3 rounded-[10px] bg-accent-soft px-4 py-2 text-sm font-medium text-accent-text hover:brightness-95"
      >
        <Download size={18} aria-hidden="true" className="shrink-0" />
        <span className="min-w-0 grow break-words">Download {file.name}</span>
        <span className="tabular shrink-0" title={`${exact(file.bytes)} bytes`}>
          {bytes(file.bytes)}
        </span>
      </a>
      <div className="flex items-center gap-2 text-xs text-muted">
        <span className="shrink-0">SHA-256</span>
        <code className="min-w-0 grow font-mono break-all">{file.sha256}</code>
        <IconButton label="Copy the SHA-256" onClick={() => copy(file.sha256, "SHA-256")}>
          <Copy size={16} />
        </IconButton>
      </div>
    </div>
  );
}

function Report({ report }: { report: unknown }) {
  const [open, setOpen] = useState(false);
  const text = JSON.stringify(report, null, 2);
  return (
    <>
      <Button aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "Hide" : "Show"} report
      </Button>
      {open ? (
        <>
          <Button onClick={() => copy(text, "Report")}>
            <Copy size={16} aria-hidden="true" /> Copy
          </Button>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
            tabIndex={0}
            className="max-h-80 w-full overflow-auto rounded-[10px] bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap"
          >
            {text}
          </pre>
        </>
      ) : null}
    </>
  );
}

function took({ createdAt, finishedAt }: Export): string {
  return duration(Date.parse(finishedAt ?? createdAt) - Date.parse(createdAt));
}
