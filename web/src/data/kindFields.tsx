/** What is chosen for images, and what for a table. */

import { SelectField, TextField } from "../ui/field.js";
import type { Categories, Choices, Fit, Missing, Problems } from "./choices.js";

interface Props {
  readonly choices: Choices;
  readonly problems: Problems;
  readonly onChange: (change: Partial<Choices>) => void;
}

const TWO = "grid items-start gap-4 sm:grid-cols-2";

export function ImageFields({ choices, problems, onChange }: Props) {
  return (
    <div className={TWO}>
      <TextField
        label="Size in pixels"
        help="Height and width of every image. Nothing: the commonest size, at most 128."
        value={choices.size}
        inputMode="numeric"
        problem={problems.size}
        onChange={(event) => onChange({ size: event.target.value })}
      />
      <SelectField
        label="Other shapes are"
        value={choices.fit}
        onChange={(event) => onChange({ fit: event.target.value as Fit })}
      >
        <option value="PAD">padded with black</option>
        <option value="CROP">cropped to the centre</option>
        <option value="STRETCH">stretched</option>
      </SelectField>
      <SelectField
        label="Colours"
        value={String(choices.channels)}
        onChange={(event) => onChange({ channels: Number(event.target.value) as Choices["channels"] })}
      >
        <option value="0">what most images are</option>
        <option value="3">colour (3 channels)</option>
        <option value="1">grey (1 channel)</option>
      </SelectField>
      <SkipField what="files" choices={choices} problems={problems} onChange={onChange} />
    </div>
  );
}

export function TableFields({ choices, problems, onChange }: Props) {
  return (
    <div className={TWO}>
      <TextField
        label="Target column"
        help="What is to be predicted. Nothing: the last column."
        value={choices.target}
        onChange={(event) => onChange({ target: event.target.value })}
      />
      <SelectField
        label="Empty cells"
        value={choices.missing}
        onChange={(event) => onChange({ missing: event.target.value as Missing })}
      >
        <option value="FAIL">are a fault</option>
        <option value="DROP_ROW">leave their row out</option>
        <option value="FILL">become the column's mean</option>
      </SelectField>
      <SelectField
        label="Categories"
        value={choices.categories}
        onChange={(event) => onChange({ categories: event.target.value as Categories })}
      >
        <option value="ONE_HOT">one number for each (one-hot)</option>
        <option value="ORDINAL">one number in all (ordinal)</option>
      </SelectField>
      <SelectField
        label="Numbers"
        value={choices.keepScale ? "keep" : "scale"}
        onChange={(event) => onChange({ keepScale: event.target.value === "keep" })}
      >
        <option value="scale">brought to mean 0, deviation 1</option>
        <option value="keep">as they are</option>
      </SelectField>
      <SelectField
        label="Delimiter"
        value={choices.delimiter}
        onChange={(event) => onChange({ delimiter: event.target.value })}
      >
        <option value="">found out</option>
        <option value=",">comma</option>
        <option value=";">semicolon</option>
        <option value={"\t"}>tab</option>
        <option value="|">bar</option>
      </SelectField>
      <SkipField what="rows" choices={choices} problems={problems} onChange={onChange} />
    </div>
  );
}

function SkipField({ what, choices, problems, onChange }: Props & { readonly what: string }) {
  return (
    <TextField
      label={`Leave out bad ${what}, at most %`}
      help={`0: the first one fails the version. Every bad one is listed in any case.`}
      value={choices.skip}
      inputMode="decimal"
      problem={problems.skip}
      onChange={(event) => onChange({ skip: event.target.value })}
    />
  );
}
