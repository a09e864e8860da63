/** Ids for new nodes: a short name of the layer and a number, unique in the graph. */

const STEMS: Readonly<Record<string, string>> = {
  MultiheadAttention: "attention",
  ScaledDotProductAttention: "attention",
  SelfAttention: "attention",
  CrossAttention: "cross",
  TransformerEncoderLayer: "encoder",
  TransformerDecoderLayer: "decoder",
  LearnedPositionalEmbedding: "position",
  SinusoidalPositionalEncoding: "position",
  RotaryEmbedding: "rotary",
  SqueezeExcite: "se",
  GradCheckpoint: "checkpoint",
};

/** "Conv2d" gives conv1, or the first number that is free. */
export function newId(type: string, taken: ReadonlySet<string>): string {
  return numbered(stemOf(type), taken);
}

/** The id itself where it is free, else with another number: conv1 gives conv2. */
export function uniqueId(id: string, taken: ReadonlySet<string>): string {
  return taken.has(id) ? numbered(id.replace(/\d+$/, "") || "node", taken) : id;
}

function stemOf(type: string): string {
  const plain = type.replace(/\d[dD]$/, "").replace(/[^A-Za-z]/g, "");
  const short = plain.replace(/^(Conv|Max|Avg|LP|Adaptive|Global)[A-Za-z]*Pool$/, "pool");
  return (
    STEMS[type] ??
    (short
      .replace(/^[A-Za-z]+Norm$/, "norm")
      .toLowerCase()
      .slice(0, 16) ||
      "node")
  );
}

function numbered(stem: string, taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}
