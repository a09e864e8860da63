/** What menus offer everywhere: one's account, organisation and keys, light or dark, and signing out. */

import { Building2, KeyRound, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { navigate } from "wouter/use-browser-location";
import { logOut, useSession } from "../gateway/session.js";
import { forgetVisit } from "../gateway/visit.js";
import type { Action } from "./menu.js";
import { chosenTheme, setTheme, type Theme } from "./theme.js";

const THEMES: readonly Action[] = [
  theme("light", "Light", <Sun size={16} />),
  theme("dark", "Dark", <Moon size={16} />),
  theme("system", "As the system", <Monitor size={16} />),
];

const PLACES: readonly Action[] = [
  { label: "Account", icon: <UserRound size={16} />, onSelect: () => navigate("/account") },
  { label: "Organisation", icon: <Building2 size={16} />, onSelect: () => navigate("/organisation") },
  { label: "API keys", icon: <KeyRound size={16} />, onSelect: () => navigate("/keys") },
];

const END_VISIT: Action = { label: "Stop being a guest", icon: <LogOut size={16} />, onSelect: endVisit };

export function useAccountActions(): readonly (readonly Action[])[] {
  const guest = useSession(({ guest }) => guest);
  const email = useSession(({ user }) => user?.email ?? "");
  const leave = { label: `Sign out ${email}`.trim(), icon: <LogOut size={16} />, onSelect: () => void signOut() };
  return guest ? [THEMES, [END_VISIT]] : [PLACES, THEMES, [leave]];
}

function theme(name: Theme, label: string, icon: ReactNode): Action {
  return { label, icon, chosen: () => chosenTheme() === name, onSelect: () => setTheme(name) };
}

export function endVisit(): void {
  forgetVisit();
  location.assign("/");
}

/** What this device kept is forgotten first, while it is known whose it is. */
async function signOut(): Promise<void> {
  await import("../canvas/keeping.js").then(({ forget }) => forget()).catch(() => {});
  await logOut();
}
