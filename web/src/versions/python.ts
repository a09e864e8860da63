/** Python source cut into pieces to colour: keywords, names being defined, numbers, texts, comments. */

export type Kind = "plain" | "keyword" | "definition" | "number" | "text" | "comment";

export interface Piece {
  readonly kind: Kind;
  readonly text: string;
}

const KEYWORDS =
  "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|" +
  "if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|self|super|try|while|with|yield";
const TRIPLE = /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)/;
const SINGLE = /"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?/;
const TOKEN = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    `(?<text>[rbfu]{0,2}(?:${TRIPLE.source}|${SINGLE.source}))`,
    "(?<=\\b(?:def|class)\\s+)(?<definition>\\w+)",
    `(?<keyword>\\b(?:${KEYWORDS})\\b)`,
    "(?<number>\\b(?:0x[0-9a-f_]+|\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)\\b)",
  ].join("|"),
  "gi",
);

/** The lines of a source, each in pieces; joined they are the source again. */
export function lines(source: string): readonly (readonly Piece[])[] {
  const rows: Piece[][] = [[]];
  for (const { kind, text } of pieces(source)) {
    text.split("\n").forEach((part, at) => {
      if (at > 0) rows.push([]);
      if (part) rows.at(-1)?.push({ kind, text: part });
    });
  }
  return rows;
}

function pieces(source: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) as [Kind, string];
    if (match.index > end) found.push({ kind: "plain", text: source.slice(end, match.index) });
    found.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  return end < source.length ? [...found, { kind: "plain", text: source.slice(end) }] : found;
}
