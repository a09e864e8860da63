"""How long a run will take: from what completed runs took, or else from what its device is taken to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from services.training.throughput import FLOPS_PER_MAC, Throughput

MOST_PAST = 5
COMPARABLE = 10  # runs of other networks count where the two differ by at most this factor in multiply-accumulates
# Where no run on the device kind has been seen: a worker's start, and fetching data and evaluating (assumed).
START_SECONDS = {"cpu": 4.0}
OVERHEAD_SECONDS = {"cpu": 2.0}
GPU_START_SECONDS = 8.0
GPU_OVERHEAD_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Work:
    """A run as far as its time depends on it: `macs` per sample (0: not known), `rows` trained on per epoch."""

    architecture_id: str
    macs: int
    rows: int
    epochs: int
    batch_size: int
    precision: str


@dataclass(frozen=True, slots=True)
class Past:
    """A completed run: seconds until its worker attached, of its epochs with validation, and on the device."""

    work: Work
    start_seconds: float
    loop_seconds: float
    device_seconds: float

    @property
    def rate(self) -> float:
        """Samples per second, validation included."""
        return self.work.epochs * self.work.rows / self.loop_seconds

    @property
    def overhead_seconds(self) -> float:
        """Time on the device beside the epochs: fetching the data, the last validation, the evaluation."""
        return max(0.0, self.device_seconds - self.loop_seconds)


@dataclass(frozen=True, slots=True)
class Estimate:
    """`basis` is one sentence on what the figures rest on."""

    start_seconds: float
    device_seconds: float
    basis: str

    @property
    def seconds(self) -> float:
        return self.start_seconds + self.device_seconds


def estimate(work: Work, device_kind: str, past: Sequence[Past], assumed: Throughput, validation_rows: int) -> Estimate:
    """From completed runs on that device kind, newest first; where none compares, from what it is assumed to do."""
    chosen = _comparable(work, past)
    overheads = chosen or past[:MOST_PAST]
    if chosen:
        rate = median(run.rate * _scale(run.work, work) for run in chosen)
        loop, basis = work.epochs * work.rows / rate, _basis(work, chosen, device_kind, rate)
    else:
        loop, basis = _assumed(work, device_kind, assumed, validation_rows)
    start, overhead = _beside(device_kind, overheads)
    return Estimate(start, loop + overhead, basis)


def _comparable(work: Work, past: Sequence[Past]) -> Sequence[Past]:
    """The newest runs of the architecture, else of networks of about its size; alike in options where there are any."""
    own = [run for run in past if run.work.architecture_id == work.architecture_id]
    pool = own or [run for run in past if _near(run.work.macs, work.macs)]
    alike: tuple[Callable[[Work], object], ...] = (
        lambda other: (other.precision, other.batch_size),
        lambda other: other.precision,
        lambda other: None,
    )
    choices = ([run for run in pool if like(run.work) == like(work)] for like in alike)
    return next((choice[:MOST_PAST] for choice in choices if choice), [])


def _near(macs: int, wanted: int) -> bool:
    return 0 < macs <= COMPARABLE * wanted and wanted <= COMPARABLE * macs


def _scale(measured: Work, wanted: Work) -> float:
    """By how much faster or slower a sample goes, as far as multiply-accumulates tell."""
    return measured.macs / wanted.macs if measured.macs and wanted.macs else 1.0


def _basis(work: Work, chosen: Sequence[Past], device_kind: str, rate: float) -> str:
    own = chosen[0].work.architecture_id == work.architecture_id
    runs = f"{len(chosen)} completed {'run' if len(chosen) == 1 else 'runs'}"
    words = [f"measured in {runs} of {'this architecture' if own else 'other architectures'} on {device_kind}"]
    if any(_scale(run.work, work) != 1 for run in chosen):
        words.append("scaled by multiply-accumulates per sample")
    if chosen[0].work.precision != work.precision:
        words.append(f"which ran in {chosen[0].work.precision}")
    elif chosen[0].work.batch_size != work.batch_size:
        words.append("which ran with other batch sizes")
    return f"{', '.join(words)}: {rate:,.0f} samples/s"


def _assumed(work: Work, device_kind: str, throughput: Throughput, validation_rows: int) -> tuple[float, str]:
    """(seconds of the epochs, basis); a validation pass goes forward only, a third of the work."""
    epoch = throughput.seconds(work.rows * work.macs * FLOPS_PER_MAC, -(-work.rows // work.batch_size))
    epoch *= 1 + validation_rows / max(1, work.rows) / 3
    return work.epochs * epoch, f"no comparable run has completed on {device_kind}: assumed {throughput.source}"


def _beside(device_kind: str, past: Sequence[Past]) -> tuple[float, float]:
    """(seconds until a worker attaches, seconds on the device beside the epochs)."""
    if past:
        return median(run.start_seconds for run in past), median(run.overhead_seconds for run in past)
    start = START_SECONDS.get(device_kind, GPU_START_SECONDS)
    return start, OVERHEAD_SECONDS.get(device_kind, GPU_OVERHEAD_SECONDS)
