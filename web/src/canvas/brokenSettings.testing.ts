/** What can be wrong with settings, shapes and types. */

import { type Case, chain, conv, drawn, image, inner, out, tokens, vector } from "./broken.testing.js";

export const SETTINGS: readonly Case[] = [
  [
    "a kernel that does not fit",
    chain(["in", "Input", { shape: ["B", 3, 2, 2] }], conv({}), out),
    "shape_mismatch",
    "Set padding to 1",
  ],
  [
    "a window that does not fit",
    chain(["in", "Input", { shape: ["B", 3, 2, 2] }], ["p", "MaxPool2d", { kernel_size: 3 }], out),
    "shape_mismatch",
    "Set kernel_size to 2",
  ],
  [
    "channels given otherwise",
    chain(image, conv({ in_channels: 4 }), out),
    "bad_config",
    "Leave in_channels out, the input gives it",
  ],
  ["same with a stride", chain(image, conv({ padding: "same", stride: 2 }), out), "bad_config", "Set stride back to 1"],
  [
    "groups that do not divide",
    chain(["in", "Input", { shape: ["B", 6, 8, 8] }], conv({ groups: 4 }), out),
    "bad_config",
    "Set groups back to 1",
  ],
  [
    "heads that do not divide",
    chain(tokens, ["a", "MultiheadAttention", { num_heads: 8 }], out),
    "bad_config",
    "Set num_heads to 10",
  ],
  [
    "heads of keys that do not divide",
    chain(["in", "Input", { shape: ["B", 16, 32] }], ["a", "SelfAttention", { num_heads: 8, num_kv_heads: 3 }], out),
    "bad_config",
    "Leave num_kv_heads out",
  ],
  [
    "groups of a norm",
    chain(["in", "Input", { shape: ["B", 6, 8, 8] }], ["n", "GroupNorm", { num_groups: 4 }], out),
    "bad_config",
    "Set num_groups to 3",
  ],
  [
    "a value that cannot be read",
    chain(image, conv({ padding: [1, 2, 3] }), out),
    "bad_config",
    "Set padding back to 0",
  ],
  ["a number written as text", chain(image, conv({ out_channels: "16" }), out), "bad_config", "Set out_channels to 16"],
  [
    "a setting that is missing",
    chain(image, ["c", "Conv2d", { kernel_size: 3 }], out),
    "bad_config",
    "Set out_channels to 32",
  ],
  ["a chance above 1", chain(image, ["d", "Dropout", { p: 2 }], out), "bad_config", "Set p back to 0.5"],
  [
    "a dimension that is not there",
    chain(vector, ["s", "Softmax", { dim: 5 }], out),
    "bad_config",
    "Leave dim out, the input gives it",
  ],
  [
    "bounds the wrong way round",
    chain(vector, ["t", "Hardtanh", { min_val: 2, max_val: 1 }], out),
    "bad_config",
    "Set min_val back to -1",
  ],
  [
    "a classifier over an image",
    chain(image, ["fc", "Linear", { in_features: 192, out_features: 10 }], out),
    "bad_config",
    "Leave in_features out, the input gives it",
  ],
  [
    "a norm of images over vectors",
    chain(["in", "Input", { shape: ["B", 8, 20] }], ["n", "BatchNorm2d"], out),
    "shape_mismatch",
    "Make it BatchNorm1d",
  ],
  ["a convolution after Flatten", chain(image, ["f", "Flatten"], conv({}), out), "shape_mismatch", "Take f out"],
  [
    "tokens of the wrong dtype",
    chain(["in", "Input", { shape: ["B", 16] }], ["e", "Embedding", { num_embeddings: 9, embedding_dim: 4 }], out),
    "dtype_mismatch",
    "Give in dtype int64",
  ],
  [
    "integers into weights",
    chain(["in", "Input", { shape: ["B", 16], dtype: "int32" }], ["fc", "Linear", { out_features: 4 }], out),
    "dtype_mismatch",
    "Give in dtype float32",
  ],
  [
    "too long a sequence",
    chain(["in", "Input", { shape: ["B", 32, 8] }], ["p", "LearnedPositionalEmbedding", { max_length: 16 }], out),
    "shape_mismatch",
    "Set max_length to 32",
  ],
  [
    "a product of unlike sizes",
    drawn(
      [["a", "Input", { shape: ["B", 4, 8] }], ["b", "Input", { shape: ["B", 4, 8] }], ["m", "MatMul"], out],
      "a > m, b > m, m > out",
    ),
    "shape_mismatch",
    "Put a Transpose after b",
  ],
  [
    "a shortcut of other channels",
    drawn([image, conv({ padding: 1 }), ["s", "Add"], out], "in > c, c > s, in > s, s > out"),
    "shape_mismatch",
    "Put a Conv2d after in",
  ],
  [
    "a shortcut over a stride",
    drawn([image, conv({ padding: 1, stride: 2 }), ["s", "Add"], out], "in > c, c > s, in > s, s > out"),
    "shape_mismatch",
    "Put a Conv2d after in",
  ],
  ["a Block that holds nothing", chain(image, ["b", "Block"], out), "bad_config", "Put an Input and an Output inside"],
  [
    "a repeated Block that changes its input",
    chain(
      image,
      ["b", "Block", { repeat: 2 }, { graph: inner([["i", "Input"], conv({}), ["o", "Output"]], "i > c, c > o") }],
      out,
    ),
    "shape_mismatch",
    "Set repeat back to 1",
  ],
  [
    "a fault inside a Block",
    chain(
      image,
      ["b", "Block", {}, { graph: inner([["i", "Input"], conv({ in_channels: 7 }), ["o", "Output"]], "i > c, c > o") }],
      out,
    ),
    "bad_config",
    "Leave in_channels out, the input gives it",
  ],
];
