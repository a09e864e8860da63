/** Light, dark, or as the system has it; `public/theme.js` reads the choice before anything is painted. */

export type Theme = "system" | "light" | "dark";

const KEY = "nf.theme";

export function chosenTheme(): Theme {
  return (document.documentElement.dataset.theme as Theme | undefined) ?? "system";
}

export function setTheme(next: Theme): void {
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
}

/** Whether the page is dark now, whoever decided so. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
