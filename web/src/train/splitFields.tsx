/** Shares of training, validation and test, as figures and as a bar. */

import { TextField } from "../ui/field.js";
import { PART_NAMES, PARTS, type Part, type Shares } from "./data.js";

interface Props {
  readonly shares: Shares;
  readonly onChange: (shares: Shares) => void;
  readonly problem: string | null;
}

const HELP: Record<Part, string> = {
  train: "learned from",
  validation: "judged after each epoch",
  test: "judged once, at the end",
};
const COLOURS: Record<Part, string> = { train: "bg-accent", validation: "bg-warn", test: "bg-good" };

export function SplitFields({ shares, onChange, problem }: Props) {
  return (
    <div className="grid gap-3">
      <div className="grid grid-cols-3 items-start gap-3">
        {PARTS.map((part) => (
          <TextField
            key={part}
            label={`${PART_NAMES[part]} %`}
            help={HELP[part]}
            value={shares[part]}
            inputMode="decimal"
            onChange={(event) => onChange({ ...shares, [part]: event.target.value })}
          />
        ))}
      </div>
      <div aria-hidden="true" className="flex h-2 gap-0.5 overflow-hidden rounded-full bg-sunken">
        {PARTS.map((part) => (
          <div key={part} className={COLOURS[part]} style={{ flexGrow: Math.max(0, Number(shares[part]) || 0) }} />
        ))}
      </div>
      <p role="status" className="text-xs text-bad empty:hidden">
        {problem}
      </p>
    </div>
  );
}
