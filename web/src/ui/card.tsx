/** A part of a page: what it is about, what can be done with it, the content. */

import { type ReactNode, useId } from "react";

interface Props {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

export function Card({ title, hint, actions, children, className = "" }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={`grid min-w-0 grid-cols-1 content-start gap-4 rounded-card border border-line bg-surface p-4 sm:p-5 ${className}`}
    >
      <header className="flex min-h-9 flex-wrap items-center gap-2">
        <div className="min-w-0 grow">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {hint ? <p className="mt-0.5 text-sm text-muted text-pretty">{hint}</p> : null}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}

/** A figure with its name. */
export function Fact({ label, children, title }: { label: string; children: ReactNode; title?: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="tabular truncate text-sm font-medium" title={title} dir="auto">
        {children}
      </dd>
    </div>
  );
}

const COLUMNS = "grid-cols-2 sm:grid-cols-[repeat(auto-fill,minmax(9rem,1fr))]";

/** Figures side by side, as many as there is room for unless columns are given. */
export function Facts({ children, columns = COLUMNS }: { children: ReactNode; columns?: string }) {
  return <dl className={`grid gap-x-4 gap-y-3 ${columns}`}>{children}</dl>;
}
