/** A labelled input with its help and what is wrong with it, tied together for screen readers. */

import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

export const INPUT =
  "w-full rounded-[10px] border border-line-strong bg-surface px-3 min-h-11 sm:min-h-9 text-base sm:text-sm text-ink " +
  "placeholder:text-muted disabled:opacity-60 aria-invalid:border-bad";

interface Labels {
  readonly label: string;
  readonly help?: ReactNode;
  readonly problem?: string | null | undefined;
}

/** The frame of any labelled control; `children` gets the ids that tie it to its texts. */
export function Field(
  props: Labels & { children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode },
) {
  const id = useId();
  const { label, help, problem, children } = props;
  const described = [help ? `${id}-help` : "", problem ? `${id}-problem` : ""].filter(Boolean).join(" ");
  const ids = {
    id,
    ...(described && { "aria-describedby": described }),
    ...(problem && { "aria-invalid": true as const }),
  };
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children(ids)}
      {help ? (
        <p id={`${id}-help`} className="text-xs text-muted">
          {help}
        </p>
      ) : null}
      {problem ? (
        <p id={`${id}-problem`} role="alert" className="text-xs text-bad">
          {problem}
        </p>
      ) : null}
    </div>
  );
}

export function TextField({ label, help, problem, ...rest }: Labels & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field label={label} help={help} problem={problem}>
      {(ids) => <input {...rest} {...ids} className={INPUT} />}
    </Field>
  );
}

export function SelectField({ label, help, problem, ...rest }: Labels & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Field label={label} help={help} problem={problem}>
      {(ids) => <select {...rest} {...ids} className={INPUT} />}
    </Field>
  );
}
