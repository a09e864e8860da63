/**
 * How many bytes a browser loads, minified and gzipped: all that index.ts reaches, its parts, and the help beside it.
 *
 * Fails where one has outgrown its ceiling, which is what it weighed when it was last looked at.
 */

import { readdir } from "node:fs/promises";
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

async function weighed(contents, left) {
  const external = left.map((name) => `./${name}.js`);
  const stdin = { contents, resolveDir: FOLDER, loader: "ts" };
  const options = { bundle: true, minify: true, format: "esm", target: "es2022", write: false };
  const { outputFiles } = await build({ stdin, external, ...options });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

if (!(await readdir(FOLDER)).includes("help.ts"))
  throw new Error("run `make test` once: it writes catalogue.ts and help.ts");
for (const [name, contents, left, ceiling] of PARTS) {
  const bytes = await weighed(contents, left);
  const verdict = bytes > ceiling * KB ? ` is more than ${ceiling} KB` : "";
  console.log(`${(bytes / KB).toFixed(1).padStart(6)} KB  ${name}${verdict}`);
  if (verdict) process.exitCode = 1;
}
