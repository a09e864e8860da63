/**
 * The engine as a process, for tests that hold it against Python's: a line `[method, ...arguments]` in, a line out.
 *
 * Never shipped: index.ts does not know it. Results that hold large integers or objects go out as text.
 */

import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { ValueError } from "./errors.js";
import { METHODS } from "./served.js";

for await (const line of createInterface({ input: stdin })) {
  stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}

function answer([name, ...given]: [string, ...unknown[]]): object {
  const method = METHODS.get(name);
  if (!method) return { failure: `serve.ts knows no method ${name}` };
  try {
    return { value: method(...given) };
  } catch (error) {
    if (error instanceof ValueError) return { refusal: error.message };
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
