/** Light, dark, or as the system has it; `public/theme.js` reads the choice before anything is painted. */

const KEY = "nf.theme";

export function setTheme(next: "system" | "light" | "dark"): void {
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
