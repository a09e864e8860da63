/** Takes a trained network home: in which format, with the proof that it equals what was trained. */

import { PackageOpen } from "lucide-react";
import { percent } from "../format/figures.js";
import { sentence } from "../gateway/outcome.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCrumbs } from "../pages/useCrumbs.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { NotFound } from "../ui/notFound.js";
import { ReadOnlyNote } from "../ui/readOnlyNote.js";
import { Empty, Loading, Skeleton, Trouble } from "../ui/states.js";
import { ExportCard } from "./exportCard.js";
import { EXPORTED_RUN, type ExportedRun, type Format, isGoing } from "./queries.js";
import { useCreateExport } from "./useCreateExport.js";
import { useExports } from "./useExports.js";

export default function ExportPage({ id }: { id: string }) {
  const { data, trouble, retry } = useAnswer({ query: EXPORTED_RUN, variables: { id } });
  if (data?.run) return <OfRun run={data.run} formats={data.formats} />;
  if (data) return <NotFound what="run" />;
  if (!trouble) return <Loading label="Opening the export page" />;
  return (
    <Frame title="Export">
      <Trouble onRetry={retry}>{trouble}</Trouble>
    </Frame>
  );
}

function OfRun({ run, formats }: { run: ExportedRun; formats: readonly Format[] }) {
  const runs = { label: "Runs", href: `/projects/${run.projectId}/runs` };
  const crumbs = useCrumbs(run.projectId, runs, { label: run.name, href: `/runs/${run.id}` }, { label: "Export" });
  return (
    <Frame title="Export" crumbs={crumbs} actions={<ReadOnlyNote />}>
      {run.state === "COMPLETED" ? <Exports run={run} formats={formats} /> : <NotYet run={run} />}
    </Frame>
  );
}

function Exports({ run, formats }: { run: ExportedRun; formats: readonly Format[] }) {
  const { exports, trouble, older, retry } = useExports(run.id);
  const { create, busy, refused } = useCreateExport(run.id, retry);
  const readOnly = useReadOnly() !== null;
  const title = (name: string) => formats.find((format) => format.name === name)?.title ?? name;
  return (
    <div className="grid grid-cols-1 gap-8">
      <section aria-label="Formats" className="grid gap-4">
        <p className="max-w-prose text-sm text-muted text-pretty">
          {inWords(run)} Only what gives the same outputs counts as proven.
        </p>
        {refused ? <Trouble>{sentence(refused)}</Trouble> : null}
        {readOnly ? null : (
          <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
            {formats.map((format) => (
              <li
                key={format.name}
                className="flex items-center gap-4 rounded-card border border-line bg-surface p-4 shadow-card"
              >
                <div className="min-w-0 grow">
                  <h2 className="font-medium">{format.title}</h2>
                  <p className="text-xs text-muted">{format.extension} file</p>
                </div>
                <Button
                  look="primary"
                  aria-label={formats.length > 1 ? `Export ${format.title}` : undefined}
                  busy={busy === format.name}
                  disabled={exports?.some((each) => each.format === format.name && isGoing(each))}
                  onClick={() => create(format.name)}
                >
                  Export
                </Button>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-label="Exports of this run" className="grid gap-4">
        <h2 className="text-base font-semibold">Exports of this run</h2>
        {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
        {!exports && !trouble ? <Skeleton className="h-40" /> : null}
        {exports?.length === 0 ? (
          <p className="rounded-card border border-dashed border-line px-4 py-10 text-center text-sm text-muted">
            {readOnly ? "Nothing yet." : "Nothing yet. Choose a format above; its file and its proof appear here."}
          </p>
        ) : null}
        <div aria-live="polite" className="grid grid-cols-1 gap-4">
          {exports?.map((each) => (
            <ExportCard
              key={each.id}
              given={each}
              title={title(each.format)}
              busy={busy === each.format}
              onRetry={readOnly ? null : () => create(each.format)}
            />
          ))}
        </div>
        {older ? <p className="text-xs text-muted">Older exports are not shown.</p> : null}
      </section>
    </div>
  );
}

function inWords({ bestEpoch, bestValidationAccuracy, testAccuracy }: ExportedRun): string {
  const best = `validation accuracy ${percent(bestValidationAccuracy)}, test ${percent(testAccuracy)}`;
  return `The best weights (epoch ${bestEpoch}: ${best}) are converted, and compared with the trained network on real samples.`;
}

function NotYet({ run }: { run: ExportedRun }) {
  return (
    <Empty
      icon={<PackageOpen size={24} />}
      title="Only a completed run can be exported"
      action={
        <ButtonLink look="primary" href={`/runs/${run.id}`}>
          To the run
        </ButtonLink>
      }
    >
      An export takes the best weights of a run that has been trained to its end and judged on the test split.
    </Empty>
  );
}
