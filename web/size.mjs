/**
 * How many bytes a browser loads, minified and gzipped: of the engine all that index.ts reaches, its parts, and the help
 * beside it; of the studio in dist/, where it is built, the scripts that pages wait for.
 *
 * Fails where one has outgrown its ceiling, which is a little more than what it weighed when it was last looked at.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const FOLDER = new URL("./src/blueprint/", import.meta.url).pathname;
const KB = 1024;
const ANALYSIS = 'export { analyze } from "./analysis.js"; export { Session } from "./session.js";';

/** What it is, the program that needs it, the modules left out of it, and its ceiling in KB. */
const PARTS = [
  ["all that index.ts reaches", 'export * from "./index.js";', [], 60],
  ["... the rules and tables of all layers", 'export * from "./catalogue.js";', ["portable"], 29],
  ["... all but the catalogue", 'export * from "./index.js";', ["catalogue"], 32],
  ["... analysis and sessions of edits", ANALYSIS, ["catalogue"], 23],
  ["... what rules call, by itself", 'export * from "./portable.js";', [], 5],
  ["help, loaded when it is asked for", 'export * from "./help.js";', [], 7],
];

/** Pages by the names of their scripts, and their ceilings in KB; the first one somebody sees stays below 200. */
const PAGES = [
  ["signIn", 95],
  ["projects", 112],
  ["project", 122],
  ["templates", 112],
  ["runs", 145],
  ["run", 145],
  ["train", 175],
  ["versions", 285],
  ["editor", 312],
];
const DIST = new URL("./dist/", import.meta.url).pathname;

async function weighed(contents, left) {
  const external = left.map((name) => `./${name}.js`);
  const stdin = { contents, resolveDir: FOLDER, loader: "ts" };
  const options = { bundle: true, minify: true, format: "esm", target: "es2022", write: false };
  const { outputFiles } = await build({ stdin, external, ...options });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

/** All that is loaded before a page of dist/ can be shown. */
function pageWeighed(page) {
  const all = readdirSync(`${DIST}assets`).filter((name) => name.endsWith(".js"));
  const entries = [...readFileSync(`${DIST}index.html`, "utf8").matchAll(/assets\/([^"]+\.js)"/g)].map(
    ([, name]) => name,
  );
  const found = new Set();
  const load = (name) => {
    if (found.has(name)) return;
    found.add(name);
    const script = readFileSync(`${DIST}assets/${name}`, "utf8");
    for (const [, next] of script.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) load(next);
  };
  for (const name of [...entries, all.find((name) => name.startsWith(`${page}-`))]) load(name);
  const bytes = [...found].map((name) => gzipSync(readFileSync(`${DIST}assets/${name}`), { level: 9 }).length);
  return bytes.reduce((sum, each) => sum + each, 0);
}

function tell(bytes, name, ceiling) {
  const verdict = bytes > ceiling * KB ? ` is more than ${ceiling} KB` : "";
  console.log(`${(bytes / KB).toFixed(1).padStart(6)} KB  ${name}${verdict}`);
  if (verdict) process.exitCode = 1;
}

if (!readdirSync(FOLDER).includes("help.ts"))
  throw new Error("run `make test` once: it writes catalogue.ts and help.ts");
for (const [name, contents, left, ceiling] of PARTS) tell(await weighed(contents, left), name, ceiling);
if (!existsSync(`${DIST}index.html`))
  console.log("the studio is not built; `npx vite build`, and its pages are weighed too");
else for (const [page, ceiling] of PAGES) tell(pageWeighed(page), `the page ${page}`, ceiling);
