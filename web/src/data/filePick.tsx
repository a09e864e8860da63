/** Where a file is chosen or dropped. */

import { FileUp } from "lucide-react";
import { type DragEvent, useId, useState } from "react";
import { bytes } from "../format/figures.js";

interface Props {
  readonly file: File | null;
  readonly problem: string | null;
  readonly disabled: boolean;
  readonly onPick: (file: File) => void;
}

export function FilePick({ file, problem, disabled, onPick }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped && !disabled) onPick(dropped);
  };
  return (
    <div className="grid gap-1.5">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what is dropped can be chosen by the field as well */}
      <div
        onDragOver={(event) => [event.preventDefault(), setOver(true)]}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`relative grid justify-items-center gap-1 rounded-[10px] border border-dashed px-4 py-6 text-center focus-within:border-accent ${over ? "border-accent bg-accent-soft" : "border-line-strong bg-sunken"}`}
      >
        <FileUp size={24} aria-hidden="true" className="text-muted" />
        <span className="w-full truncate text-sm font-medium" dir="auto">
          {file ? file.name : "Choose a file, or drop it here"}
        </span>
        <span className="tabular text-xs text-muted">
          {file ? bytes(file.size) : "A .zip with one folder of images per class, or a .csv; at most 2 GiB"}
        </span>
        <label htmlFor={id} className="sr-only">
          File
        </label>
        <input
          id={id}
          type="file"
          accept=".zip,.csv,.tsv,.txt,application/zip,text/csv"
          disabled={disabled}
          aria-invalid={problem ? true : undefined}
          onChange={({ target }) => {
            const [picked] = target.files ?? [];
            if (picked) onPick(picked);
          }}
          className="absolute inset-0 cursor-pointer opacity-0 disabled:cursor-not-allowed"
        />
      </div>
      {problem ? (
        <p role="alert" className="text-xs text-bad">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
