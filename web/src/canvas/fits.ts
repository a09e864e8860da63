/**
 * Whether training fits on a GPU, and with which batch; solved with the engine's own count of kept tensors.
 *
 * What PyTorch itself needs beside the tensors that are counted is held back: the CUDA context with its kernels (about
 * 0.5 GiB), workspaces of cuBLAS and cuDNN, gradients of activations that live for a moment, and gaps in the memory of
 * the allocator. Nobody can tell these beforehand, so above nine tenths of what is left it is called tight.
 */

import { total } from "../blueprint/dimensions.js";
import { examine } from "../blueprint/examination.js";
import type { Dim, Graph, Int, Totals, Training } from "../blueprint/index.js";
import { activationBytes, trainingBytes } from "../blueprint/memory.js";
import { isExpression } from "../blueprint/polynomials.js";
import { namesIn } from "./figuring.js";

const GIB = 2 ** 30;
export const RESERVE_BYTES = GIB;
const TIGHT = 0.9;
const LARGEST_BATCH = 2 ** 30;

export interface Device {
  readonly name: string;
  /** What CUDA reports in all, less than what is sold. */
  readonly bytes: number;
}

export const DEVICES: readonly Device[] = [
  // torch: "total capacity of 14.56 GiB", github.com/Zheng-Chong/CatVTON/issues/133; nvidia-smi: 15360 MiB.
  { name: "T4 16 GB", bytes: 14.56 * GIB },
  // nvidia-smi: 23028 MiB with ECC on, of which a driver keeps half a GiB as on the T4.
  { name: "A10G 24 GB", bytes: 21.98 * GIB },
  // torch: "total capacity of 79.14 GiB", github.com/lianqi1008/Control-GIC/issues/6; nvidia-smi: 81920 MiB.
  { name: "A100 80 GB", bytes: 79.14 * GIB },
  // torch: "total capacity of 79.11 GiB", github.com/vllm-project/vllm/issues/27508; nvidia-smi: 81559 MiB.
  { name: "H100 80 GB", bytes: 79.11 * GIB },
];

export type Verdict = "fits" | "tight" | "does not fit";

/** What training takes, part by part; `activations` may name sizes left open. */
export interface Parts {
  readonly weights: Int;
  readonly gradients: Int;
  readonly optimizer: Int;
  readonly activations: Dim;
}

/** Whether so many bytes fit on a device. */
export function verdictOn(device: Device, needed: number): Verdict {
  const room = device.bytes - RESERVE_BYTES;
  if (needed > room) return "does not fit";
  return needed > TIGHT * room ? "tight" : "fits";
}

/** Totals of training taken apart. */
export function partsOf({ params, trainableParams, trainingBytes: whole }: Totals, { optimizer }: Training): Parts {
  const with_ = (states: string, trainable: Int) => Number(trainingBytes(params, trainable, 0, 1, states));
  const weights = with_("sgd", 0);
  const gradients = with_("sgd", trainableParams) - weights;
  const states = with_(optimizer, trainableParams) - weights - gradients;
  return { weights, gradients, optimizer: states, activations: total([whole, -(weights + gradients + states)]) };
}

/** Counts what training takes with any batch, having examined the graph once. */
export class Budget {
  private readonly activations: Dim;

  constructor(
    graph: Graph,
    private readonly totals: Totals,
    private readonly training: Training,
  ) {
    const found = examine(graph);
    this.activations = total(
      [...found.records.values()].map((record) => activationBytes(record, found.kept, training.precision)),
    );
  }

  /** Whether the batch is left open in the drawing, so that another one takes other memory. */
  get scales(): boolean {
    return namesIn(this.activations).includes("B");
  }

  /** Names of sizes left open, the batch apart. */
  get open(): readonly string[] {
    return namesIn(this.activations).filter((name) => name !== "B");
  }

  /** Bytes with a batch, an expression where sizes other than the batch are left open. */
  bytes(batch: number): Dim {
    const { params, trainableParams } = this.totals;
    return trainingBytes(params, trainableParams, this.activations, batch, this.training.optimizer);
  }

  /** The largest batch that fits on a device, 0 where none does, null where that cannot be told or is endless. */
  largestBatch(device: Device): number | null {
    if (!this.scales || this.open.length > 0) return null;
    if (!this.fits(device, 1)) return 0;
    let [least, most] = [1, 2];
    while (this.fits(device, most)) {
      if (most >= LARGEST_BATCH) return null;
      [least, most] = [most, 2 * most];
    }
    while (most - least > 1) {
      const middle = Math.floor((least + most) / 2);
      if (this.fits(device, middle)) least = middle;
      else most = middle;
    }
    return least;
  }

  private fits(device: Device, batch: number): boolean {
    const needed = this.bytes(batch);
    return !isExpression(needed) && verdictOn(device, Number(needed)) !== "does not fit";
  }
}
