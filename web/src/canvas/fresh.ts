/** What a new node begins with: a sensible value for each setting that has no default. */

import { edge, graph, type Json, type Node, node, objectOf, type Position } from "../blueprint/index.js";
import { ROW } from "./geometry.js";

const SAME = { out_channels: 32, kernel_size: 3, padding: 1 };
const DOUBLED = { out_channels: 32, kernel_size: 2, stride: 2 };
const HALVED = { kernel_size: 2 };
const TABLE = { num_embeddings: 1000, embedding_dim: 64 };

/** By layer type; layers that need nothing are not here. */
const FRESH: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  Input: { shape: ["B", 3, 32, 32] },
  Constant: { value: 1 },
  Parameter: { shape: [64] },
  Conv1d: SAME,
  Conv2d: SAME,
  Conv3d: SAME,
  ConvTranspose1d: DOUBLED,
  ConvTranspose2d: DOUBLED,
  ConvTranspose3d: DOUBLED,
  DepthwiseConv2d: { kernel_size: 3, padding: 1 },
  SeparableConv2d: SAME,
  Unfold: { kernel_size: 3, padding: 1 },
  Fold: { output_size: 32, kernel_size: 2, stride: 2 },
  RNN: { hidden_size: 64 },
  LSTM: { hidden_size: 64 },
  GRU: { hidden_size: 64 },
  MultiheadAttention: { num_heads: 4 },
  SelfAttention: { num_heads: 4 },
  CrossAttention: { num_heads: 4 },
  TransformerEncoderLayer: { nhead: 4 },
  TransformerDecoderLayer: { nhead: 4 },
  LearnedPositionalEmbedding: { max_length: 512 },
  ALiBi: { num_heads: 4 },
  PatchEmbed: { patch_size: 4, embed_dim: 64 },
  Router: { num_experts: 4 },
  Experts: { num_experts: 4, hidden_features: 128 },
  MoE: { num_experts: 4, hidden_features: 128 },
  GroupNorm: { num_groups: 8 },
  LocalResponseNorm: { size: 5 },
  MaxPool1d: HALVED,
  MaxPool2d: HALVED,
  MaxPool3d: HALVED,
  AvgPool1d: HALVED,
  AvgPool2d: HALVED,
  AvgPool3d: HALVED,
  LPPool1d: { norm_type: 2, ...HALVED },
  LPPool2d: { norm_type: 2, ...HALVED },
  AdaptiveAvgPool1d: { output_size: 1 },
  AdaptiveAvgPool2d: { output_size: 1 },
  AdaptiveAvgPool3d: { output_size: 1 },
  AdaptiveMaxPool1d: { output_size: 1 },
  AdaptiveMaxPool2d: { output_size: 1 },
  AdaptiveMaxPool3d: { output_size: 1 },
  MaxUnpool2d: HALVED,
  Threshold: { threshold: 0, value: 0 },
  SwiGLU: { hidden_features: 128 },
  Linear: { out_features: 64 },
  Bilinear: { out_features: 64 },
  Embedding: TABLE,
  EmbeddingBag: TABLE,
  Unflatten: { dim: 1, unflattened_size: [4, -1] },
  Reshape: { shape: ["B", -1] },
  Expand: { size: [-1, -1, 32, 32] },
  Permute: { dims: [0, 2, 1] },
  Transpose: { dim0: 1, dim1: 2 },
  Unsqueeze: { dim: 1 },
  Select: { dim: 1, index: 0 },
  Split: { sections: [1, 2], dim: 1 },
  Chunk: { chunks: 2, dim: 2 },
  Pad: { pad: [1, 1, 1, 1] },
  Upsample: { scale_factor: 2 },
  PixelShuffle: { upscale_factor: 2 },
  PixelUnshuffle: { downscale_factor: 2 },
  ChannelShuffle: { groups: 4 },
  Power: { exponent: 2 },
  Clamp: { min: 0 },
  Einsum: { equation: "b...->b..." },
  Lambda: { expression: "x" },
  SqueezeExcite: { squeeze_channels: 8 },
};

/** A new node of a type. */
export function freshNode(type: string, id: string, position: Position): Node {
  const config = objectOf(FRESH[type] ?? {});
  const inside = type === "Block" || type === "GradCheckpoint" ? { graph: passage() } : {};
  return node(id, type, { config, position, ...inside });
}

/** What a new Block holds: what enters leaves again. */
function passage() {
  const nodes = [
    node("in", "Input", { position: { x: 0, y: 0 } }),
    node("out", "Output", { position: { x: 0, y: 2 * ROW } }),
  ];
  return graph({ nodes, edges: [edge("in", "out", { sourceHandle: "out", targetHandle: "in" })] });
}
