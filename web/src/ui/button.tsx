/** Buttons: one primary per view, secondary and quiet ones beside it; every one at least 44 px high on touch. */

import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";

export type Look = "primary" | "secondary" | "quiet" | "danger";

const SHARED =
  "inline-flex items-center justify-center gap-2 rounded-[10px] px-4 min-h-11 sm:min-h-9 text-sm font-medium " +
  "select-none whitespace-nowrap transition-colors disabled:opacity-50 aria-disabled:opacity-50";
const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-accent-ink hover:brightness-110 active:brightness-95",
  secondary: "bg-surface text-ink border border-line hover:bg-sunken",
  quiet: "text-ink hover:bg-sunken",
  danger: "bg-bad-soft text-bad hover:brightness-95",
};

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { readonly look?: Look; readonly busy?: boolean };

/** A button; while `busy` it cannot be pressed and says so to screen readers. */
export function Button({ look = "secondary", busy = false, className = "", children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`${SHARED} ${LOOKS[look]} ${className}`}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <Spinner /> : null}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: { href: string; look?: Look; className?: string; children: ReactNode }) {
  const { href, look = "secondary", className = "", children } = props;
  return (
    <Link href={href} className={`${SHARED} ${LOOKS[look]} ${className}`}>
      {children}
    </Link>
  );
}

type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { readonly label: string };

/** A button that shows only an icon; its label is its name and its tooltip. */
export function IconButton({ label, className = "", children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-grid size-11 sm:size-9 shrink-0 place-items-center rounded-[10px] text-muted hover:bg-sunken hover:text-ink disabled:opacity-40 aria-pressed:bg-accent-soft aria-pressed:text-accent-text ${className}`}
      {...rest}
    >
      {children}
    </button>
  );
}

/** Something is going on, without a measure of how long. */
export function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-4 animate-spin rounded-full border-2 border-current border-t-transparent"
    />
  );
}
