/** A card with a picture that opens something: the whole card is the link, the menu lies above it. */

import { EllipsisVertical } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Link } from "wouter";
import { IconButton } from "../ui/button.js";
import { type Action, Menu } from "../ui/menu.js";
import { Thumbnail } from "./thumbnail.js";

interface Props {
  readonly name: string;
  readonly href: string;
  /** What the picture is of; undefined while it is on its way, null where there is nothing to draw. */
  readonly document: unknown;
  readonly failed?: boolean;
  readonly actions?: readonly (readonly Action[])[];
  readonly heading?: "h2" | "h3";
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLLIElement>;
}

export function PictureCard({
  name,
  href,
  document,
  failed = false,
  actions,
  heading: Heading = "h2",
  children,
  ref,
}: Props) {
  return (
    <li
      ref={ref}
      className="group relative flex min-w-0 flex-col overflow-hidden rounded-card border border-line bg-surface shadow-card transition-shadow hover:shadow-float has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-offset-2 has-[a:focus-visible]:outline-accent-text"
    >
      <Desk document={document} failed={failed} />
      <div className="flex items-start gap-1 border-t border-line py-2 pr-1.5 pl-4">
        <div className="grid min-w-0 grow gap-0.5 py-1.5">
          <Heading className="min-w-0 text-[15px] font-semibold">
            <Link
              href={href}
              dir="auto"
              title={name}
              className="block truncate outline-none after:absolute after:inset-0"
            >
              {name}
            </Link>
          </Heading>
          <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">{children}</div>
        </div>
        {actions ? (
          <Menu label={`More for ${name}`} groups={actions}>
            <IconButton label={`More for ${name}`} className="relative z-10">
              <EllipsisVertical size={18} />
            </IconButton>
          </Menu>
        ) : null}
      </div>
    </li>
  );
}

/** The paper a network is drawn on; says so where there is none. */
export function Desk({ document, failed = false }: { document: unknown; failed?: boolean }) {
  const waiting = document === undefined && !failed;
  return (
    <div className={`relative aspect-[1.75] shrink-0 bg-sunken ${waiting ? "animate-pulse" : ""}`}>
      {waiting || holdsNodes(document) ? null : (
        <p className="absolute inset-0 grid place-items-center text-sm text-muted">
          {failed ? "The drawing could not be read" : "Nothing drawn yet"}
        </p>
      )}
      <Thumbnail document={document} className="absolute inset-3 size-[calc(100%-1.5rem)]" />
    </div>
  );
}

function holdsNodes(document: unknown): boolean {
  const { nodes } = (document ?? {}) as { nodes?: readonly unknown[] };
  return Array.isArray(nodes) && nodes.length > 0;
}

/** Cards side by side, as many as there is room for. */
export const GRID = "grid gap-4 sm:gap-5 grid-cols-1 sm:grid-cols-2 lg:grid-cols-3";
