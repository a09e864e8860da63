"""What a device is taken to do where nothing has been measured on it yet. Every figure says where it is from.

FLOP/s are of a whole training step: 2 per multiply-accumulate forward, and twice that backward.
"""

from dataclasses import dataclass

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
# Measured: digits-cnn (601,600 multiply-accumulates) at 13,450 samples/s on two cores, validation included (bench/).
CPU = 601_600 * FLOPS_PER_MAC * 13_450
# A step takes at least this long: digits-mlp with batches of 16 on two cores (measured), kernel launches (assumed).
CPU_STEP_SECONDS = 0.0007
GPU_STEP_SECONDS = 0.0015


@dataclass(frozen=True, slots=True)
class Throughput:
    """FLOP/s sustained, the least seconds per step, and where that is from, in words."""

    flops: float
    step_seconds: float
    source: str


def assumed(device_kind: str, precision: str) -> Throughput:
    """Of a device kind as plans price it."""
    if device_kind == "cpu":
        return Throughput(CPU, CPU_STEP_SECONDS, f"{CPU / 1e9:.0f} GFLOP/s, as measured with digits-cnn on two cores")
    float32, bfloat16 = PEAKS.get(device_kind, UNKNOWN_GPU)
    peak = bfloat16 if precision == "bfloat16" else float32
    sheet = f"{EFFICIENCY:.0%} of the {peak / 1e12:g} TFLOP/s peak in {precision}"
    source = sheet if device_kind in PEAKS else f"{sheet} of a T4, as this GPU is not known"
    return Throughput(EFFICIENCY * peak, GPU_STEP_SECONDS, source)
