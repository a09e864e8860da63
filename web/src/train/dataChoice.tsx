/** Which data to train on: a version there is, or one made here. */

import { Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ago, exact } from "../format/figures.js";
import { Button } from "../ui/button.js";
import { Badge } from "../ui/states.js";
import { Spinnered } from "./badges.js";
import { type Chosen, inWords, shape } from "./data.js";
import { NewData } from "./newData.js";
import type { Builtin, Dataset, DataVersion } from "./queries.js";

interface Props {
  readonly project: string;
  readonly datasets: readonly Dataset[];
  readonly builtins: readonly Builtin[];
  readonly chosen: Chosen | null;
  readonly onChoose: (chosen: Chosen) => void;
  readonly onMade: () => void;
}

export function DataChoice({ project, datasets, builtins, chosen, onChoose, onMade }: Props) {
  const [making, setMaking] = useState(false);
  const open = making || datasets.length === 0;
  const box = useRef<HTMLDivElement>(null);
  const wasOpen = useRef(open);
  // The form is long: without it, what stands below would be where the eyes are.
  useEffect(() => {
    if (wasOpen.current && !open) box.current?.scrollIntoView({ block: "nearest" });
    wasOpen.current = open;
  }, [open]);
  return (
    <div ref={box} className="grid scroll-mt-28 gap-4">
      {datasets.length > 0 ? (
        <div role="radiogroup" aria-label="Dataset" className="grid gap-2">
          {datasets.flatMap((dataset) =>
            [...dataset.versions]
              .sort((one, other) => other.number - one.number)
              .map((version) => (
                <One
                  key={`${dataset.id}/${version.number}`}
                  dataset={dataset}
                  version={version}
                  checked={chosen?.dataset === dataset.id && chosen.version === version.number}
                  onChoose={() => onChoose({ dataset: dataset.id, version: version.number })}
                />
              )),
          )}
        </div>
      ) : null}
      {open ? (
        <NewData
          project={project}
          builtins={builtins}
          datasets={datasets}
          onCancel={datasets.length > 0 ? () => setMaking(false) : null}
          onMade={(made) => {
            setMaking(false);
            onMade();
            onChoose(made);
          }}
        />
      ) : (
        <Button onClick={() => setMaking(true)} className="justify-self-start">
          <Plus size={16} aria-hidden="true" /> New data
        </Button>
      )}
    </div>
  );
}

interface OneProps {
  readonly dataset: Dataset;
  readonly version: DataVersion;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

function One({ dataset, version, checked, onChoose }: OneProps) {
  const { number, state, failure, rows, classes, inputShape, split, createdAt } = version;
  return (
    <label className="flex min-h-11 cursor-pointer items-start gap-3 rounded-[10px] border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-not-allowed">
      <input
        type="radio"
        name="data"
        checked={checked}
        disabled={state === "FAILED"}
        onChange={onChoose}
        className="mt-0.5 size-4 accent-accent"
      />
      <span className="grid min-w-0 grow gap-0.5 text-sm">
        <span className="flex flex-wrap items-center gap-x-2">
          <span dir="auto" className="min-w-0 font-medium break-words">
            {dataset.name}
          </span>
          <span className="text-muted">version {number}</span>
          {state === "INGESTING" ? <Spinnered>being made</Spinnered> : null}
          {state === "FAILED" ? <Badge tone="bad">failed</Badge> : null}
        </span>
        <span className="tabular text-xs text-muted">
          {state === "READY"
            ? `${exact(rows)} samples of ${shape(inputShape)}, ${classes.length} classes, split ${inWords(split)}, seed ${split.seed}`
            : `split ${inWords(split)}, seed ${split.seed}, asked for ${ago(createdAt)}`}
        </span>
        {failure ? <span className="text-xs text-bad">{failure}; make another version.</span> : null}
      </span>
    </label>
  );
}
