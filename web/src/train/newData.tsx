/** Makes a version of built-in data with a split of its own. */

import { useState } from "react";
import { exact } from "../format/figures.js";
import { sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { SelectField, TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { type Chosen, perMille, shape, splitProblem, USUAL } from "./data.js";
import type { Builtin, Dataset } from "./queries.js";
import { SplitFields } from "./splitFields.js";
import { useMake } from "./useMake.js";

interface Props {
  readonly project: string;
  readonly builtins: readonly Builtin[];
  readonly datasets: readonly Dataset[];
  readonly onMade: (made: Chosen) => void;
  /** Null where there is nothing to go back to. */
  readonly onCancel: (() => void) | null;
}

const SEED = /^\d{1,18}$/;

export function NewData({ project, builtins, datasets, onMade, onCancel }: Props) {
  const [source, setSource] = useState(builtins[0]?.name ?? "");
  const [into, setInto] = useState("");
  const [shares, setShares] = useState(USUAL);
  const [seed, setSeed] = useState("0");
  const { make, busy, trouble, drop } = useMake(project, onMade);
  const builtin = builtins.find(({ name }) => name === source);
  const kin = datasets.filter(({ builtin }) => builtin === source);
  const problem = splitProblem(shares);
  const seedProblem = SEED.test(seed.trim()) ? null : "Seed is a whole number, such as 0.";

  const asked = { into, source, name: builtin?.title ?? source, split: { ...perMille(shares), seed: seed.trim() } };
  /** Another wish is another command. */
  const change = (act: () => void) => {
    act();
    drop();
  };
  return (
    <fieldset className="grid gap-4 rounded-[10px] border border-line p-4">
      <legend className="px-1 text-sm font-medium">New data</legend>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <SelectField
          label="Source"
          value={source}
          onChange={(event) => change(() => [setSource(event.target.value), setInto("")])}
          help={
            builtin
              ? `${builtin.summary}. ${exact(builtin.rows)} samples of ${shape(builtin.inputShape)}, ${builtin.classes.length} classes.`
              : undefined
          }
        >
          {builtins.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </SelectField>
        {kin.length > 0 ? (
          <SelectField
            label="Keep as"
            value={into}
            onChange={(event) => change(() => setInto(event.target.value))}
            help="Versions of one dataset differ in their split alone."
          >
            <option value="">A new dataset</option>
            {kin.map(({ id, name, latestVersion }) => (
              <option key={id} value={id}>
                Version {latestVersion + 1} of {name}
              </option>
            ))}
          </SelectField>
        ) : null}
      </div>
      <SplitFields shares={shares} onChange={(next) => change(() => setShares(next))} problem={problem} />
      <TextField
        label="Split seed"
        help="Which samples go where is drawn from this number; classes keep their proportions in every part."
        value={seed}
        inputMode="numeric"
        problem={seedProblem}
        onChange={(event) => change(() => setSeed(event.target.value))}
      />
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <div className="flex flex-wrap gap-2">
        <Button busy={busy} disabled={problem !== null || seedProblem !== null || !builtin} onClick={() => make(asked)}>
          Make it
        </Button>
        {onCancel ? (
          <Button look="quiet" onClick={onCancel}>
            Never mind
          </Button>
        ) : null}
      </div>
    </fieldset>
  );
}
