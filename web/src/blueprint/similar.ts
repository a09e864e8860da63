/** What a misspelt word probably means, among the words there are. */

import { length } from "./text.js";

const MAX_LENGTH = 64;

/**
 * The known word nearest to a misspelt one, the first of equally near ones, or null where none is near.
 *
 * Near is a distance (letters added, left out, changed, or two neighbours swapped; capitals A to Z count as small)
 * of at most a third of the word's length and 3, of 1 for short words, but less than the whole word, where the known
 * word begins with the first or second letter. A word of more than 64 letters is near to none.
 */
export function similar(word: string, known: Iterable<string>): string | null {
  const size = length(word);
  if (size > MAX_LENGTH) return null;
  const letters = small(word);
  let nearest: string | null = null;
  let most = Math.min(3, Math.max(1, Math.floor(size / 3)), size - 1);
  for (const candidate of known) {
    const other = small(candidate);
    if (!letters.slice(0, 2).includes(other[0] as string)) continue;
    const found = distance(letters, other, most);
    if (found <= most) [nearest, most] = [candidate, found - 1];
  }
  return nearest;
}

function small(word: string): string[] {
  return [...word.replace(/[A-Z]/g, (letter) => letter.toLowerCase())];
}

/** Optimal string alignment distance (Damerau 1964; no letter is edited twice), or more than `most`. */
function distance(a: readonly string[], b: readonly string[], most: number): number {
  if (most < 0 || Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let above = [...b.keys(), b.length];
  for (let row = 1; row <= a.length; row++) {
    const line = nextRow(a, b, row, above, before);
    if (Math.min(...line) > most && Math.min(...above) > most) return most + 1;
    [before, above] = [above, line];
  }
  return above[b.length] as number;
}

/** Distances of a's first `row` letters to every beginning of b, from those of one and two letters fewer. */
function nextRow(a: readonly string[], b: readonly string[], row: number, above: number[], before: number[]): number[] {
  const line = [row];
  for (let column = 1; column <= b.length; column++) {
    const changed = a[row - 1] === b[column - 1] ? 0 : 1;
    let cost = Math.min(cell(above, column) + 1, cell(line, column - 1) + 1, cell(above, column - 1) + changed);
    const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    if (swapped) cost = Math.min(cost, cell(before, column - 2) + 1);
    line.push(cost);
  }
  return line;
}

function cell(line: readonly number[], column: number): number {
  return line[column] as number;
}
