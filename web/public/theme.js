/* Sets the theme a person chose before anything is painted. */
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("nf.theme");
  } catch {
    /* storage is closed: the system's theme stands */
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
