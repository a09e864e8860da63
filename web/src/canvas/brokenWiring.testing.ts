/** What can be wrong with how a network is put together. */

import { type Case, chain, conv, drawn, image, inner, out } from "./broken.testing.js";

export const WIRING: readonly Case[] = [
  [
    "a misspelt type",
    chain(image, ["c", "Conv2dd", { out_channels: 8, kernel_size: 3 }], out),
    "unknown_type",
    "Make it Conv2d",
  ],
  [
    "a misspelt type with nothing given",
    drawn([image, out, ["c", "Conv2dd"]], "in > out"),
    "unknown_type",
    "Make it Conv2d",
  ],
  ["a misspelt setting", chain(image, conv({ pading: 1 }), out), "unknown_field", "Call it padding"],
  ["a setting of nothing", chain(image, conv({ colour: 1 }), out), "unknown_field", "Remove colour"],
  ["an unknown key of a node", chain(image, ["r", "ReLU", {}, { colour: 1 }], out), "unknown_field", "Remove colour"],
  ["no input", drawn([conv({ in_channels: 5 }), out], "c > out"), "no_input", "Add an Input [B, 5, 32, 32]"],
  ["no output", drawn([image, conv({})], "in > c"), "no_output", "Add an Output after c"],
  ["an output that nothing feeds", drawn([image, conv({}), out], "in > c"), "missing_input", "Connect c to it"],
  [
    "a layer that leads nowhere",
    drawn([image, conv({}), ["r", "ReLU"], out], "in > c, c > out, c > r"),
    "unreachable",
    "Remove r",
  ],
  [
    "layers that lead nowhere",
    drawn([image, conv({}), ["r", "ReLU"], ["t", "Tanh"], out], "in > c, c > out, c > r, r > t"),
    "unreachable",
    "Remove it and what follows",
  ],
  [
    "a sum of one",
    drawn([image, ["s", "Add"], out], "in > s, s > out"),
    "missing_input",
    "Take s out, and let in lead on",
  ],
  [
    "a gap among inputs",
    drawn([image, ["s", "Concat"], ["r", "ReLU"], out], "in > r, in > s:in.0, r > s:in.2, s > out"),
    "missing_input",
    "Move r to in.1",
  ],
  [
    "an edge to nowhere",
    drawn([image, conv({}), out], "in > c, c > out, c > gone"),
    "dangling_edge",
    "Remove the edge from c to gone",
  ],
  [
    "an edge from nowhere inside a Block",
    drawn(
      [
        image,
        [
          "b",
          "Block",
          {},
          {
            graph: inner(
              [
                ["i", "Input"],
                ["o", "Output"],
              ],
              "i > o, x > o",
            ),
          },
        ],
        out,
      ],
      "in > b, b > out",
    ),
    "dangling_edge",
    "Remove the edge from x to o",
  ],
  [
    "a circle",
    drawn([image, ["s", "Add"], ["r", "ReLU"], out], "in > s:in.0, s > r, r > s:in.2, in > s:in.1, r > out"),
    "cycle",
    "Remove the edge from r to s",
  ],
  [
    "two edges into one port",
    drawn([image, ["r", "ReLU"], ["t", "Tanh"], ["o", "ReLU"], out], "in > r, in > t, r > o:in, t > o:in, o > out"),
    "too_many_inputs",
    "Join them by Add",
  ],
  [
    "an input port that is not there",
    drawn([image, ["r", "ReLU"], out], "in > r:side, r > out"),
    "unknown_port",
    "Connect in to in",
  ],
  [
    "an output port that is not there",
    drawn([image, ["r", "ReLU"], out], "in > r, r:side > out"),
    "unknown_port",
    "Connect from out",
  ],
  [
    "ids that are shared inside a Block",
    drawn(
      [
        image,
        [
          "b",
          "Block",
          {},
          {
            graph: inner(
              [
                ["i", "Input"],
                ["r", "ReLU"],
                ["r", "ReLU"],
                ["o", "Output"],
              ],
              "i > r, r > o",
            ),
          },
        ],
        out,
      ],
      "in > b, b > out",
    ),
    "duplicate_id",
    "Remove the copies",
  ],
  [
    "no output inside a Block",
    drawn(
      [
        image,
        [
          "b",
          "Block",
          {},
          {
            graph: inner(
              [
                ["i", "Input"],
                ["r", "ReLU"],
              ],
              "i > r",
            ),
          },
        ],
        out,
      ],
      "in > b",
    ),
    "no_output",
    "Add an Output after r",
  ],
];
