/** The data a project's networks learn from, and the way to upload more. */

import { Database, FileUp } from "lucide-react";
import { useState } from "react";
import { DatasetDialog } from "../data/datasetDialog.js";
import type { DATASETS } from "../data/queries.js";
import { Sending } from "../data/sending.js";
import { UploadDialog } from "../data/uploadDialog.js";
import { useDatasets } from "../data/useDatasets.js";
import { useUpload } from "../data/useUpload.js";
import { progressInWords } from "../data/words.js";
import { exact } from "../format/figures.js";
import type { ResultOf } from "../gateway/graphql.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Badge, Skeleton, type Tone, Trouble } from "../ui/states.js";

type Dataset = ResultOf<typeof DATASETS>["datasets"]["nodes"][number];
type State = Dataset["versions"][number]["state"];

const STATES: Record<State, { readonly word: string; readonly tone: Tone } | null> = {
  INGESTING: { word: "Being read", tone: "accent" },
  FAILED: { word: "Failed", tone: "bad" },
  READY: null,
};
const KINDS: Record<NonNullable<Dataset["kind"]>, string> = { IMAGE_FOLDERS: "images", CSV: "table" };

export function Datasets({ project }: { project: string }) {
  const { data, trouble, retry } = useDatasets(project);
  const readOnly = useReadOnly() !== null;
  const [uploading, setUploading] = useState(0);
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<Dataset | null>(null);
  const upload = useUpload(project, () => {
    setOpen(false);
    setUploading(uploading + 1);
    retry();
  });
  const sending = upload.name !== null;
  const start = (
    <Button onClick={() => setOpen(true)}>
      <FileUp size={16} aria-hidden="true" /> Upload
    </Button>
  );
  return (
    <Card title="Datasets" actions={readOnly ? null : start}>
      {!open && sending ? <Sending upload={upload} /> : null}
      {!open && upload.trouble ? <Trouble>{upload.trouble}</Trouble> : null}
      {trouble ? (
        <Trouble onRetry={retry}>{trouble}</Trouble>
      ) : data ? (
        <List datasets={data.datasets.nodes} onShow={setShown} />
      ) : (
        <Skeleton />
      )}
      <UploadDialog key={uploading} open={open} upload={upload} onClose={() => setOpen(false)} />
      {shown ? (
        <DatasetDialog
          key={shown.id}
          id={shown.id}
          name={shown.name}
          latest={latest(shown, data?.datasets.nodes)}
          onClose={() => setShown(null)}
        />
      ) : null}
    </Card>
  );
}

/** As the newest answer says, for versions made while the dialog is open. */
function latest(shown: Dataset, known: readonly Dataset[] = []): number {
  return known.find(({ id }) => id === shown.id)?.latestVersion ?? shown.latestVersion;
}

function List({ datasets, onShow }: { datasets: readonly Dataset[]; onShow: (dataset: Dataset) => void }) {
  const readOnly = useReadOnly() !== null;
  if (datasets.length === 0) {
    return readOnly ? (
      <p className="text-sm text-muted">None yet.</p>
    ) : (
      <p className="text-sm text-muted">
        None yet. Upload images or a table, or choose built-in data when you train the first architecture.
      </p>
    );
  }
  return (
    <ul className="-mx-2 grid gap-1" aria-label="Datasets">
      {datasets.map((dataset) => (
        <Row key={dataset.id} dataset={dataset} onShow={() => onShow(dataset)} />
      ))}
    </ul>
  );
}

function Row({ dataset, onShow }: { dataset: Dataset; onShow: () => void }) {
  const { name, builtin, kind, latestVersion, versions } = dataset;
  const newest = versions.find(({ number }) => number === latestVersion);
  const state = newest ? STATES[newest.state] : null;
  const figures =
    newest?.state === "READY"
      ? [`${exact(newest.rows)} rows`, `${newest.classes.length} classes`]
      : newest?.state === "INGESTING"
        ? [progressInWords(newest.progress)]
        : [];
  return (
    <li>
      <button
        type="button"
        onClick={onShow}
        className="flex min-h-11 w-full items-center gap-3 rounded-[10px] px-2 py-1.5 text-left hover:bg-sunken"
      >
        <span className="grid size-9 shrink-0 place-items-center rounded-[10px] bg-sunken text-muted">
          <Database size={16} aria-hidden="true" />
        </span>
        <span className="grid min-w-0 grow">
          <span className="truncate text-sm font-medium" dir="auto" title={name}>
            {name}
          </span>
          <span className="tabular truncate text-xs text-muted">
            {[kind ? KINDS[kind] : builtin, `version ${latestVersion}`, ...figures].join(", ")}
          </span>
        </span>
        {state ? (
          <span className="shrink-0">
            <Badge tone={state.tone}>{state.word}</Badge>
          </span>
        ) : null}
      </button>
    </li>
  );
}
