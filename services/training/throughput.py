"""What a device is taken to do where nothing has been measured on it yet. Every figure says where it is from.

FLOP/s are of a whole training step: 2 per multiply-accumulate forward, and twice that backward.
"""

from dataclasses import dataclass

from services.training.processor import Processor

FLOPS_PER_MAC = 6
EFFICIENCY = 0.3  # assumed: what convolutions and matrix products of usual sizes sustain of a GPU's peak

# Peak FLOP/s without sparsity, (float32, bfloat16), by the makers' data sheets: NVIDIA T4 (no units for bfloat16),
# NVIDIA A10G as AWS has it, NVIDIA A100 SXM, NVIDIA H100 SXM. float32 is that of the plain cores: of all operations,
# torch gives only convolutions to the faster TF32 units by itself.
PEAKS = {
    "t4": (8.1e12, 8.1e12),
    "a10g": (35e12, 70e12),
    "a100": (19.5e12, 312e12),
    "h100": (67e12, 989e12),
}
UNKNOWN_GPU = PEAKS["t4"]
GPU_STEP_SECONDS = 0.0015  # assumed: the least a step takes, for launching its kernels

# Measured at best on one core of an AMD EPYC that does 88 GFLOP/s of 64 x 64 matrix products, with validation and
# checkpoints: a step of digits-mlp, digits-cnn and digits-resnet takes 63, 67 and 69 us of the core for each layer,
# whatever the batch, and what a sample adds goes at 45, 59 and 62 GFLOP/s.
CPU_EFFICIENCY = 60 / 88
CPU_LAYER_FLOPS = 67e-6 * 88e9  # what the core could have done of a matrix product in that time
# From here on training uses every core, below only one (foundry/fit.py); that cores add up in full is assumed.
MANY_CORES_MACS = 10**9


@dataclass(frozen=True, slots=True)
class Throughput:
    """FLOP/s sustained, seconds of a step beside them, and where that is from, in words.

    A GPU computes while the next kernels are launched: `overlaps`, so the longer of the two counts, not the sum.
    """

    flops: float
    step_seconds: float
    source: str
    overlaps: bool = True

    def seconds(self, flops: float, steps: int) -> float:
        """For so much work in so many steps."""
        working, stepping = flops / self.flops, steps * self.step_seconds
        return max(working, stepping) if self.overlaps else working + stepping


def on_cpu(now: Processor, layers: int, batch_macs: int) -> Throughput:
    """For a network of so many layers and a batch of so many multiply-accumulates."""
    cores = now.cores if batch_macs >= MANY_CORES_MACS else 1
    flops, step_seconds = CPU_EFFICIENCY * now.flops * cores, layers * CPU_LAYER_FLOPS / now.flops
    used = "one core" if cores == 1 else f"{cores} cores"
    beside = "" if now.share == 1 else f" beside a load of {now.load:.0f}"
    source = f"{used} at {flops / 1e9:.1f} GFLOP/s and {step_seconds * 1000:.1f} ms a step for {layers} layers"
    return Throughput(flops, step_seconds, f"{source}, by a matrix product measured on this machine{beside}", False)


def on_gpu(device_kind: str, precision: str) -> Throughput:
    """Of a device kind as plans price it."""
    float32, bfloat16 = PEAKS.get(device_kind, UNKNOWN_GPU)
    peak = bfloat16 if precision == "bfloat16" else float32
    sheet = f"{EFFICIENCY:.0%} of the {peak / 1e12:g} TFLOP/s peak in {precision}"
    source = sheet if device_kind in PEAKS else f"{sheet} of a T4, as this GPU is not known"
    return Throughput(EFFICIENCY * peak, GPU_STEP_SECONDS, source)
