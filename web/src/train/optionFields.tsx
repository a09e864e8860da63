/** The options of training: what matters most, the rest behind a button. */

import { ChevronDown } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "../ui/button.js";
import { SelectField, TextField } from "../ui/field.js";
import { FIELDS, type Field, type Name, type Problems, type Values } from "./options.js";

interface Props {
  readonly values: Values;
  readonly problems: Problems;
  readonly onChange: (name: Name, value: string) => void;
}

const FIRST = FIELDS.filter(({ essential }) => essential);
const MORE = FIELDS.filter(({ essential }) => !essential);

export function OptionFields(props: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const wrong = MORE.some(({ name }) => props.problems[name]);
  const changed = MORE.filter(({ name, initial }) => props.values[name] !== initial);
  const shown = open || wrong;
  return (
    <div className="grid gap-5">
      <Grid fields={FIRST} {...props} />
      <div className="flex flex-wrap items-center gap-3">
        <Button look="quiet" aria-expanded={shown} aria-controls={id} onClick={() => setOpen(!shown)} className="-ml-4">
          <ChevronDown size={16} aria-hidden="true" className={shown ? "rotate-180" : ""} /> More
        </Button>
        {shown || changed.length === 0 ? null : (
          <span className="text-xs text-muted">
            {changed.map(({ name, label }) => `${label}: ${props.values[name]}`).join(" · ")}
          </span>
        )}
      </div>
      <div id={id} hidden={!shown}>
        <Grid fields={MORE} {...props} />
      </div>
    </div>
  );
}

function Grid({ fields, ...rest }: Props & { fields: readonly Field[] }) {
  return (
    <div className="grid items-start gap-x-5 gap-y-4 sm:grid-cols-2">
      {fields.map((field) => (
        <One key={field.name} field={field} {...rest} />
      ))}
    </div>
  );
}

function One({ field, values, problems, onChange }: Props & { field: Field }) {
  const { name, label, help, choices, whole } = field;
  const shared = { label, help, problem: problems[name] ?? null, value: values[name] };
  if (!choices) {
    return (
      <TextField
        {...shared}
        inputMode={whole ? "numeric" : "decimal"}
        autoComplete="off"
        onChange={(event) => onChange(name, event.target.value)}
      />
    );
  }
  return (
    <SelectField {...shared} onChange={(event) => onChange(name, event.target.value)}>
      {choices.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </SelectField>
  );
}
