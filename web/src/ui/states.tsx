/** What stands where content is not: nothing yet, on its way, or refused. */

import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.js";

/** Nothing yet: says what to do next, and offers the button. */
export function Empty(props: { icon?: ReactNode; title: string; children: ReactNode; action?: ReactNode }) {
  const { icon, title, children, action } = props;
  return (
    <div className="mx-auto grid max-w-md justify-items-center gap-3 px-4 py-16 text-center">
      {icon ? (
        <div className="grid size-14 place-items-center rounded-full bg-accent-soft text-accent-text">{icon}</div>
      ) : null}
      <h2 className="text-lg font-semibold text-balance">{title}</h2>
      <p className="text-sm text-muted text-pretty">{children}</p>
      {action}
    </div>
  );
}

/** Something went wrong: the sentence, and the way to try again where there is one. */
export function Trouble({ children, onRetry }: { children: ReactNode; onRetry?: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-card bg-bad-soft px-4 py-3 text-sm text-bad">
      <TriangleAlert size={18} aria-hidden="true" className="shrink-0" />
      <p className="min-w-0 grow basis-60 break-words">{children}</p>
      {onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
    </div>
  );
}

/** The shape of what is on its way. */
export function Skeleton({ className = "h-24" }: { className?: string }) {
  return <div aria-hidden="true" className={`animate-pulse rounded-card bg-sunken ${className}`} />;
}

/** A whole page on its way. */
export function Loading({ label = "Loading" }: { label?: string }) {
  return (
    <div role="status" aria-label={label} className="mx-auto grid w-full max-w-5xl gap-4 p-4 sm:p-8">
      <Skeleton className="h-8 w-1/3" />
      <Skeleton className="h-40" />
      <Skeleton className="h-40" />
    </div>
  );
}

/** How far along something is, from 0 to 1. */
export function Progress({ value, label }: { value: number; label: string }) {
  const share = Math.max(0, Math.min(1, value));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      className="h-2 overflow-hidden rounded-full bg-sunken"
    >
      <div
        className="h-full origin-left rounded-full bg-accent transition-transform"
        style={{ transform: `scaleX(${share})` }}
      />
    </div>
  );
}

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

const TONES: Record<Tone, string> = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent-text",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

/** A state in one word. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium ${TONES[tone]}`}>
      {children}
    </span>
  );
}
