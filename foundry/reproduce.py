"""What it takes to get the same bits again: settings that make torch deterministic, a record of the surroundings."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from foundry.errors import FoundryError

_fill: Any = torch.utils.deterministic


def pick_device(name: str) -> torch.device:
    """The torch device of that name; raises FoundryError where it is not there."""
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise FoundryError(f"device {name!r} is not available on this machine; use device 'cpu'") from error
    return device


@contextmanager
def reproducible(seed: int, threads: int, device: torch.device) -> Iterator[None]:
    """Seed torch and fix its threads; on the CPU also demand deterministic algorithms (they cost nothing there).

    On a GPU deterministic algorithms are slower and missing for some layers, so bit-equality is promised on the CPU
    only. Filling fresh memory, which torch adds to that mode, is left out: no layer here reads what it has not
    written, and it cost 1%. Everything is put back at the end: the caller's generators and settings are untouched.
    """
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled(), _fill.fill_uninitialized_memory
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            torch.set_num_threads(threads or before[0])
            torch.use_deterministic_algorithms(device.type == "cpu" or before[1])
            _fill.fill_uninitialized_memory = False
            torch.manual_seed(seed)
            yield
        finally:
            torch.set_num_threads(before[0])
            torch.use_deterministic_algorithms(before[1])
            _fill.fill_uninitialized_memory = before[2]


def environment(device: str = "cpu") -> dict[str, Any]:
    """Versions, machine and settings of this process, JSON-able, to be stored with a run."""
    cuda = torch.device(device).type == "cuda"
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": _cpu_model(),
        "cpu_count": os.cpu_count(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "deterministic_algorithms": torch.are_deterministic_algorithms_enabled(),
        "device": device,
        "device_name": torch.cuda.get_device_name(device) if cuda else _cpu_model(),
        "cuda": torch.version.cuda if cuda else None,
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
