/** The frame of every page but the editor's: brand, where one is, the account; a phone has the same in less space. */

import { CircleUserRound, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useConnected } from "../gateway/connection.js";
import { useSession } from "../gateway/session.js";
import { useAccountActions } from "./account.js";
import { Brand } from "./brand.js";
import { IconButton } from "./button.js";
import { Menu } from "./menu.js";

export interface Crumb {
  readonly label: string;
  readonly href?: string;
}

interface Props {
  readonly title: string;
  /** The way here, from the projects on. */
  readonly crumbs?: readonly Crumb[];
  readonly actions?: ReactNode;
  /** As wide as the screen. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Frame({ title, crumbs = [], actions, wide = false, children }: Props) {
  const width = wide ? "max-w-[110rem]" : "max-w-6xl";
  return (
    <div className="flex min-h-dvh flex-col">
      <title>{`${title} · NeuralForge`}</title>
      <header className="sticky top-0 z-30 border-b border-line bg-page/90 backdrop-blur">
        <div className={`mx-auto flex h-14 w-full items-center gap-2 px-4 sm:px-8 ${width}`}>
          <Link
            href="/"
            aria-label="NeuralForge, all projects"
            className="flex min-h-11 shrink-0 items-center gap-2 rounded-lg"
          >
            <Brand />
          </Link>
          <Crumbs crumbs={crumbs} />
          <OfflineNote />
          <AccountMenu />
        </div>
      </header>
      <main className={`mx-auto w-full grow px-4 pt-6 pb-24 sm:px-8 sm:pt-8 ${width}`}>
        <div className="mb-6 flex flex-wrap items-center justify-between gap-3">
          <h1 className="min-w-0 text-2xl font-semibold tracking-tight break-words">{title}</h1>
          {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
        </div>
        {children}
      </main>
    </div>
  );
}

/** The whole way on a desk; on a phone the step back. */
function Crumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  const back = crumbs.findLastIndex(({ href }) => href);
  return (
    <nav aria-label="Where you are" className="min-w-0 grow">
      <ol className="flex min-w-0 items-center text-sm text-muted">
        {crumbs.map(({ label, href }, at) => (
          <li
            key={`${href ?? ""}${label}`}
            className={`min-w-0 items-center ${at === (back < 0 ? crumbs.length - 1 : back) ? "flex" : "hidden sm:flex"}`}
          >
            <span aria-hidden="true" className="px-2 text-line-strong">
              /
            </span>
            {href ? (
              <Link href={href} className="truncate rounded py-3 hover:text-ink hover:underline">
                {label}
              </Link>
            ) : (
              <span className="truncate">{label}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Says that there is no connection; nothing where there is one. */
export function OfflineNote() {
  if (useConnected()) return null;
  return (
    <span
      role="status"
      className="inline-flex items-center gap-1.5 rounded-full bg-warn-soft px-2.5 py-1 text-xs text-warn"
    >
      <WifiOff size={14} aria-hidden="true" /> Offline
    </span>
  );
}

function AccountMenu() {
  const user = useSession(({ user }) => user);
  return (
    <Menu label="Account" groups={useAccountActions()}>
      <IconButton label={`Account${user ? ` of ${user.name || user.email}` : ""}`}>
        <CircleUserRound size={20} />
      </IconButton>
    </Menu>
  );
}
