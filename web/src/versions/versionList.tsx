/** The saved versions of an architecture, newest first, each with what it costs against the one before. */

import { Milestone } from "lucide-react";
import { ago, count, exact } from "../format/figures.js";
import { sentence } from "../gateway/outcome.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Empty, Skeleton, Trouble } from "../ui/states.js";
import type { Version } from "./queries.js";
import { difference } from "./totals.js";
import type { useVersions } from "./useVersions.js";

interface Props {
  readonly id: string;
  readonly latest: number;
  readonly revision: number;
  readonly found: ReturnType<typeof useVersions>;
  readonly nameOf: (id: string) => string;
  readonly onPick: (revision: number) => void;
}

export function VersionList({ id, latest, revision, found, nameOf, onPick }: Props) {
  const { versions, busy, trouble, more, retry } = found;
  return (
    <section aria-labelledby="saved-versions" aria-busy={busy}>
      <h2 id="saved-versions" className="mb-3 text-lg font-semibold">
        Saved versions
      </h2>
      {latest === 0 && versions.length === 0 && !busy ? <NoVersion id={id} /> : null}
      <ol className="grid grid-cols-[minmax(0,1fr)] gap-2">
        {versions.map((version, at) => (
          <Row
            key={version.number}
            version={version}
            before={versions[at + 1]}
            current={version.revision === String(revision)}
            author={nameOf(version.author)}
            onPick={onPick}
          />
        ))}
      </ol>
      {busy && versions.length === 0 ? <Skeleton className="h-40" /> : null}
      {trouble ? <Trouble onRetry={retry}>{sentence(trouble)}</Trouble> : null}
      {more && !trouble ? (
        <Button onClick={more} busy={busy} className="mt-3 w-full">
          Earlier versions
        </Button>
      ) : null}
    </section>
  );
}

function NoVersion({ id }: { id: string }) {
  const action = (
    <ButtonLink href={`/architectures/${id}`} look="primary">
      Go to the drawing
    </ButtonLink>
  );
  return (
    <Empty icon={<Milestone size={24} aria-hidden="true" />} title="No version is saved yet" action={action}>
      A version is a state you can train, compare and come back to by its number. Save one in the drawing.
    </Empty>
  );
}

interface RowProps {
  readonly version: Version;
  readonly before: Version | undefined;
  readonly current: boolean;
  readonly author: string;
  readonly onPick: (revision: number) => void;
}

function Row({ version, before, current, author, onPick }: RowProps) {
  const { number, message, createdAt, params, macs } = version;
  return (
    <li>
      <button
        type="button"
        aria-current={current || undefined}
        onClick={() => onPick(Number(version.revision))}
        className="grid w-full gap-1 rounded-card border border-line bg-surface px-4 py-3 text-left hover:border-line-strong aria-current:border-accent aria-current:bg-accent-soft"
      >
        <span className="flex items-baseline gap-2">
          <span className="shrink-0 font-semibold">Version {number}</span>
          <span dir="auto" className="min-w-0 truncate text-xs text-muted" title={moment(createdAt)}>
            {author} · {ago(createdAt)}
          </span>
        </span>
        {message ? (
          <span dir="auto" className="line-clamp-3 text-sm break-words">
            {message}
          </span>
        ) : null}
        <span className="tabular flex flex-wrap gap-x-4 text-xs text-muted">
          <Cost label="parameters" value={params} before={before?.params} />
          <Cost label="MACs" value={macs} before={before?.macs} />
        </span>
      </button>
    </li>
  );
}

function Cost({ label, value, before }: { label: string; value: string; before: string | undefined }) {
  const change = before === undefined || before === value ? "" : difference(before, value, count);
  return (
    <span className="min-w-0 break-words" title={`${exact(value)} ${label}`}>
      {count(value)} {label} {change ? <b className="font-medium text-ink">{change}</b> : null}
    </span>
  );
}

export function moment(at: string): string {
  return new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
}
