/** Cards to begin without a template: on an empty page, or with a file. */

import { type ReactNode, useRef } from "react";

interface Look {
  readonly icon: ReactNode;
  readonly title: string;
  readonly summary: string;
}

interface Props extends Look {
  readonly onChoose: () => void;
}

export function BeginningCard({ icon, title, summary, onChoose }: Props) {
  return (
    <li className="grid">
      <button
        type="button"
        onClick={onChoose}
        className="grid min-h-32 content-center justify-items-center gap-1 rounded-card border-2 border-dashed border-line-strong/50 p-6 text-center hover:border-accent hover:bg-accent-soft"
      >
        <span className="mb-1 text-accent-text">{icon}</span>
        <span className="text-[15px] font-semibold">{title}</span>
        <span className="text-sm text-muted text-pretty">{summary}</span>
      </button>
    </li>
  );
}

export function FileCard({ onFile, ...look }: Look & { onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <BeginningCard {...look} onChoose={() => input.current?.click()} />
      <li className="hidden">
        <input
          ref={input}
          type="file"
          aria-label="Blueprint file"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) onFile(file);
            currentTarget.value = "";
          }}
        />
      </li>
    </>
  );
}
