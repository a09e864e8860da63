/** What each class looks like: its contact sheet, its name, how many there are. */

import { exact } from "../format/figures.js";

interface Props {
  readonly previews: readonly { readonly label: string; readonly url: string }[];
  readonly classes: readonly string[];
  readonly counts: readonly string[];
}

export function Previews({ previews, classes, counts }: Props) {
  if (previews.length === 0) return null;
  const of = new Map(classes.map((name, index) => [name, counts[index] ?? "0"]));
  return (
    <ul aria-label="Classes" className="grid grid-cols-2 gap-3 sm:grid-cols-4">
      {previews.map(({ label, url }) => (
        <li key={label} className="min-w-0">
          <figure className="grid gap-1">
            <img
              src={url}
              alt={`Images of the class ${label}`}
              loading="lazy"
              className="aspect-square w-full rounded-[10px] border border-line bg-sunken [image-rendering:pixelated]"
            />
            <figcaption className="flex min-w-0 items-baseline gap-2 text-xs">
              <span className="min-w-0 grow truncate font-medium" dir="auto" title={label}>
                {label}
              </span>
              <span className="tabular text-muted">{exact(of.get(label) ?? 0)}</span>
            </figcaption>
          </figure>
        </li>
      ))}
    </ul>
  );
}
