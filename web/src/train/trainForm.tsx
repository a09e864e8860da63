/** The form of the train page: architecture, data, options, device; beside it what that takes, and the button. */

import { useCallback, useMemo, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { ago, count } from "../format/figures.js";
import { versionTitle } from "../format/versions.js";
import { sentence } from "../gateway/outcome.js";
import type { Run } from "../runs/queries.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { SelectField, TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { DataChoice } from "./dataChoice.js";
import { DeviceChoice } from "./deviceChoice.js";
import { Earlier } from "./earlier.js";
import { EstimateFigures } from "./estimate.js";
import { asIn, BLANK, type Form, limitProblem, wantedOf } from "./form.js";
import { OptionFields } from "./optionFields.js";
import { problemsOf } from "./options.js";
import type { Architecture, Builtin, Dataset, Machines, Version } from "./queries.js";
import { isUnsaved } from "./unsaved.js";
import { UnsavedNote } from "./unsavedNote.js";
import { useEstimate } from "./useEstimate.js";
import { useStart } from "./useStart.js";

interface Props {
  readonly architecture: Architecture;
  readonly versions: readonly Version[];
  readonly datasets: readonly Dataset[];
  readonly builtins: readonly Builtin[];
  readonly machines: Machines;
  readonly onMade: () => void;
  readonly onSaved: () => void;
}

export function TrainForm({ architecture, versions, datasets, builtins, machines, onMade, onSaved }: Props) {
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const [given, setForm] = useState<Form>({ ...BLANK, version: Number(search.get("version")) || 0 });
  const form = useMemo(() => completed(given, datasets, machines), [given, datasets, machines]);
  const change = useCallback((part: Partial<Form>) => setForm((before) => ({ ...before, ...part })), []);
  const take = useCallback((run: Run) => setForm((before) => asIn(before, run)), []);
  const newest = versions[0]?.number ?? 0;
  const version = versionOf(datasets, form);
  const wanted = useMemo(
    () => wantedOf(form, architecture.id, newest, version?.state === "READY"),
    [form, architecture.id, newest, version?.state],
  );
  const found = useEstimate(wanted);
  const { start, busy, trouble } = useStart(wanted, (id) => go(`/runs/${id}`));
  const problems = problemsOf(form.values);
  const unsaved = useMemo(() => isUnsaved(architecture, versions[0]), [architecture, versions]);
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] xl:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="grid min-w-0 gap-6">
        <Card title="Architecture">
          <SelectField
            label="Version"
            value={form.version || newest}
            onChange={(event) => change({ version: Number(event.target.value) })}
            help={figures(versions.find(({ number }) => number === (form.version || newest)))}
          >
            {versions.map((version) => (
              <option key={version.number} value={version.number}>
                {versionTitle(version, version.number === newest ? ", the newest" : "")}
              </option>
            ))}
          </SelectField>
          {unsaved ? (
            <UnsavedNote
              architecture={architecture}
              newest={newest}
              onSaved={(version) => {
                change({ version });
                onSaved();
              }}
            />
          ) : null}
        </Card>
        <Card title="Data">
          <DataChoice
            project={architecture.projectId}
            datasets={datasets}
            builtins={builtins}
            chosen={form.data}
            onChoose={(data) => change({ data })}
            onMade={onMade}
          />
        </Card>
        <Card
          title="Training"
          actions={
            <Earlier
              project={architecture.projectId}
              architecture={architecture.id}
              as={search.get("as")}
              onTake={take}
            />
          }
        >
          <OptionFields
            values={form.values}
            problems={problems}
            onChange={(name, value) => change({ values: { ...form.values, [name]: value } })}
          />
        </Card>
        <Card title="Device">
          <DeviceChoice machines={machines} chosen={form.device} onChoose={(device) => change({ device })} />
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField
              label="Device time at most, in minutes"
              help="The run is stopped there; so much is set aside from the quota until it ends."
              value={form.minutes}
              inputMode="decimal"
              problem={limitProblem(form.minutes)}
              onChange={(event) => change({ minutes: event.target.value })}
            />
            <TextField
              label="Name of the run"
              help="Left empty, it gets one."
              value={form.name}
              maxLength={100}
              dir="auto"
              onChange={(event) => change({ name: event.target.value })}
            />
          </div>
        </Card>
      </div>
      <Card title="What it takes" className="lg:sticky lg:top-20">
        {wanted ? (
          <EstimateFigures {...found} architecture={architecture.id} />
        ) : (
          <p className="text-sm text-muted">{missing(form, version?.state)}</p>
        )}
        {trouble && sentence(trouble) !== found.estimate?.refusal ? <Trouble>{sentence(trouble)}</Trouble> : null}
        <Button
          look="primary"
          busy={busy}
          disabled={!wanted || (!found.due && Boolean(found.estimate?.refusal))}
          onClick={start}
        >
          Train
        </Button>
      </Card>
    </div>
  );
}

/** What has not been chosen is the first that can be. */
function completed(form: Form, datasets: readonly Dataset[], { devices }: Machines): Form {
  const known = form.data && versionOf(datasets, form);
  const first = datasets.find(({ versions }) => versions.some(({ state }) => state !== "FAILED"));
  const version = first?.versions.filter(({ state }) => state !== "FAILED").map(({ number }) => number);
  const data = known || !first || !version ? form.data : { dataset: first.id, version: Math.max(...version) };
  const device = devices.some(({ name }) => name === form.device) ? form.device : (devices[0]?.name ?? "");
  return { ...form, data, device };
}

function versionOf(datasets: readonly Dataset[], { data }: Form) {
  return datasets.find(({ id }) => id === data?.dataset)?.versions.find(({ number }) => number === data?.version);
}

function figures(version: Version | undefined): string {
  return version
    ? `${count(version.params)} parameters, ${count(version.macs)} MACs, saved ${ago(version.createdAt)}`
    : "";
}

function missing({ data }: Form, state: string | undefined): string {
  if (!data) return "Make or choose data first.";
  if (state === "INGESTING") return "The data is being made; the estimate comes as soon as it is ready.";
  if (state !== "READY") return "The chosen data cannot be read; choose or make another version.";
  return "Mend what is marked, and the estimate comes.";
}
