/** Saved versions in a list to choose from. */

const LONGEST = 60;

/** "Version 3: a wider one", and what is to be said of it; long messages are cut, by whole characters. */
export function versionTitle({ number, message }: { number: number; message: string }, more = ""): string {
  const short = [...message].length > LONGEST ? `${[...message].slice(0, LONGEST).join("")}…` : message;
  return `Version ${number}${more}${short ? `: ${short}` : ""}`;
}
