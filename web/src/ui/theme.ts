/** Light, dark, or as the system has it. */

import { createStore, useStore } from "zustand";

export type Theme = "system" | "light" | "dark";

const KEY = "nf.theme";
const theme = createStore<Theme>(() => (document.documentElement.dataset.theme as Theme | undefined) ?? "system");

export function useTheme(): Theme {
  return useStore(theme);
}

export function setTheme(next: Theme): void {
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
  theme.setState(next, true);
}

/** Whether the page is dark now, whoever decided so. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
