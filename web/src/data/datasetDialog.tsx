/** One dataset, its newest version first: how far it is, what came of it, what could not be used. */

import { useState } from "react";
import { exact } from "../format/figures.js";
import type { ResultOf } from "../gateway/graphql.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Fact, Facts } from "../ui/card.js";
import { Dialog } from "../ui/dialog.js";
import { SelectField } from "../ui/field.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { Again } from "./again.js";
import { Faults } from "./faults.js";
import { Making } from "./making.js";
import { Previews } from "./previews.js";
import type { VERSION } from "./queries.js";
import { useVersion } from "./useDatasets.js";

export type Version = NonNullable<ResultOf<typeof VERSION>["datasetVersion"]>;

interface Props {
  readonly id: string;
  readonly name: string;
  readonly latest: number;
  readonly onClose: () => void;
}

export function DatasetDialog({ id, name, latest, onClose }: Props) {
  const [number, setNumber] = useState(latest);
  const { data, trouble, retry } = useVersion(id, number);
  const version = data?.datasetVersion;
  return (
    <Dialog open onClose={onClose} title={name} wide>
      <div className="grid gap-5 pt-2">
        {latest > 1 ? (
          <SelectField label="Version" value={number} onChange={({ target }) => setNumber(Number(target.value))}>
            {Array.from({ length: latest }, (_, index) => latest - index).map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </SelectField>
        ) : null}
        {trouble ? (
          <Trouble onRetry={retry}>{trouble}</Trouble>
        ) : version?.number === number ? (
          <Shown dataset={id} version={version} onMade={setNumber} />
        ) : (
          <Skeleton />
        )}
      </div>
    </Dialog>
  );
}

function Shown(props: { dataset: string; version: Version; onMade: (number: number) => void }) {
  const { dataset, version, onMade } = props;
  const { state, failure, source, faults, faultCounts } = version;
  const readOnly = useReadOnly() !== null;
  return (
    <>
      {state === "INGESTING" ? <Making dataset={dataset} version={version} /> : null}
      {state === "FAILED" ? <Trouble>{failure ?? "The version failed."}</Trouble> : null}
      {source ? (
        <p className="text-sm break-words text-muted" dir="auto">
          Made of {source.filename}
        </p>
      ) : null}
      {state === "READY" ? <Figures version={version} /> : null}
      <Previews previews={version.previews} counts={version.classCounts} classes={version.classes} />
      <Faults faults={faults} counts={faultCounts} left={state === "READY"} />
      {source && state !== "INGESTING" && !readOnly ? (
        <Again dataset={dataset} version={version} onMade={onMade} />
      ) : null}
    </>
  );
}

function Figures({ version }: { version: Version }) {
  const { rows, classes, inputShape, trainRows, validationRows, testRows, givenSplits } = version;
  return (
    <Facts>
      <Fact label="Rows">{exact(rows)}</Fact>
      <Fact label="Classes">{exact(classes.length)}</Fact>
      <Fact label="Input">{inputShape.join(" × ")}</Fact>
      <Fact label={givenSplits ? "Split (given)" : "Split"} title="training / validation / test">
        {[trainRows, validationRows, testRows].map(exact).join(" / ")}
      </Fact>
    </Facts>
  );
}
