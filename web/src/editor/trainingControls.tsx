/** With what training is counted: batch, precision, optimizer. Never sent, only for the figures here. */

import { useState } from "react";
import type { Training } from "../blueprint/analysis.js";
import { OPTIMIZER_STATES, PRECISIONS } from "../blueprint/memory.js";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { SelectField, TextField } from "../ui/field.js";

const LARGEST_BATCH = 1_000_000;
const OPTIMIZERS: Readonly<Record<string, string>> = {
  sgd: "SGD",
  momentum: "SGD, momentum",
  rmsprop: "RMSprop",
  adagrad: "Adagrad",
  adam: "Adam",
  adamw: "AdamW",
};

export function TrainingControls({ drawing }: { drawing: Drawing }) {
  const training = useDrawn(drawing, ({ training }) => training);
  const change = (given: Partial<Training>) => drawing.train({ ...training, ...given });
  return (
    <div className="grid grid-cols-2 gap-3">
      <Batch batch={Number(training.batch)} onChange={(batch) => change({ batch })} />
      <SelectField
        label="Precision"
        value={training.precision}
        onChange={({ target }) => change({ precision: target.value })}
      >
        {PRECISIONS.map((precision) => (
          <option key={precision}>{precision}</option>
        ))}
      </SelectField>
      <div className="col-span-2">
        <SelectField
          label="Optimizer"
          value={training.optimizer}
          onChange={({ target }) => change({ optimizer: target.value })}
        >
          {[...OPTIMIZER_STATES.keys()].map((optimizer) => (
            <option key={optimizer} value={optimizer}>
              {OPTIMIZERS[optimizer] ?? optimizer}
            </option>
          ))}
        </SelectField>
      </div>
    </div>
  );
}

function Batch({ batch, onChange }: { batch: number; onChange: (batch: number) => void }) {
  const [draft, setDraft] = useState<string | null>(null);
  const wanted = Number(draft ?? batch);
  const fine = Number.isInteger(wanted) && wanted >= 1 && wanted <= LARGEST_BATCH;
  const finish = () => {
    if (draft === null || !fine) return;
    setDraft(null);
    if (wanted !== batch) onChange(wanted);
  };
  return (
    <TextField
      label="Batch"
      value={draft ?? String(batch)}
      inputMode="numeric"
      autoComplete="off"
      problem={fine ? null : "The batch is a whole number from 1 to a million; write one."}
      onChange={({ target }) => setDraft(target.value.trim())}
      onBlur={finish}
      onKeyDown={({ key }) => {
        if (key === "Enter") finish();
      }}
    />
  );
}
