"""The launcher port: start a job somewhere with nothing but its environment, and learn how it ended.

A job's name derives from what it works for and from the attempt, so launching twice starts one process, and a finished
job is never started again: a further attempt has a further name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

LONGEST_NAME = 63  # a DNS-1123 label, which Kubernetes demands


@dataclass(frozen=True, slots=True)
class Job:
    """A Python module to run as a process of its own.

    The process finds `environment` and, for its device, NF_DEVICE ("cpu" or "cuda:0": where a GPU is assigned, it is
    the only one the job can see). It is given no credentials of the platform.
    """

    name: str
    module: str
    environment: Mapping[str, str] = field(default_factory=dict)
    device: str = "cpu"
    cpu_threads: int = 1

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", self.name):
            raise ValueError(f"{self.name!r} is no job name: use a-z, 0-9 and inner '-', at most {LONGEST_NAME} in all")


def job_name(purpose: str, identity: str, attempt: int) -> str:
    """The name of one attempt, such as `train-01jx7-2`; the same arguments always give the same name."""
    return f"{purpose}-{identity}-{attempt}".lower().replace("_", "-")


class JobState(Enum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    MISSING = "missing"  # never launched here, or all trace of it is gone


@dataclass(frozen=True, slots=True)
class JobStatus:
    """`exit_code` is negative for a signal and None while the job runs or where nobody saw it end."""

    state: JobState
    exit_code: int | None = None
    log_tail: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A slot for one job: `name` is "cpu" or "cuda:<index>", `kind` "cpu" or "cuda", `model` what people call it."""

    name: str
    kind: str
    memory_bytes: int
    model: str


class Launcher(Protocol):
    async def launch(self, job: Job) -> None:
        """Start the job; a name that was launched before, running or ended, is left as it is."""

    async def status(self, name: str) -> JobStatus:
        """How it stands. What has ended never runs again."""

    async def stop(self, name: str, grace_seconds: float) -> None:
        """Ask it to end, kill it after the grace; return when it has ended. Ended or unknown names are no error."""

    async def devices(self) -> Sequence[Device]:
        """What jobs can run on."""
