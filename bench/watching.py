"""What a page notes of itself while it is measured, as scripts: loading, edits, frames, when something appears."""

LOADING = """(() => {
  window.found = { lcp: 0, blocking: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) found.lcp = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) found.blocking += Math.max(0, entry.duration - 50);
  }).observe({ type: "longtask", buffered: true });
})()"""

# `edited` has the milliseconds from each Enter to the last change of the totals that it brought.
EDITING = """() => {
  window.edited = [];
  let start = 0;
  addEventListener("keydown", ({ key, timeStamp }) => { if (key === "Enter") start = timeStamp; }, true);
  new MutationObserver(() => {
    if (start) edited.push(performance.now() - start);
    start = 0;
  }).observe(document.querySelector("[role=status][aria-label=Totals]"), {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
}"""

FRAMES = """() => {
  window.frames_seen = [];
  const next = (now) => { frames_seen.push(now); requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""

# The moment, by the machine's clock, at which something of a page first says what is looked for.
APPEARS = """([selector, text]) => new Promise((resolve) => {
  const look = () => [...document.querySelectorAll(selector)].some(
    (each) => `${each.ariaLabel ?? ""} ${each.textContent}`.includes(text));
  const done = () => look() && (watch.disconnect(), resolve(Date.now()));
  const watch = new MutationObserver(done);
  watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  done();
})"""
