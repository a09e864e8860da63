/** What is searched for, with the sign for it. */

import { Search } from "lucide-react";
import { INPUT } from "./field.js";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function SearchBox({ label, value, onChange }: Props) {
  return (
    <div className="relative min-w-0 grow basis-40 sm:max-w-sm">
      <Search size={18} aria-hidden="true" className="absolute inset-y-0 left-3 my-auto text-muted" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={200}
        dir="auto"
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        className={`${INPUT} pl-10`}
      />
    </div>
  );
}
