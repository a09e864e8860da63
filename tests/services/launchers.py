"""Launchers for tests that play the job themselves."""

from collections.abc import Sequence

from kernel.launcher import Device, Job, JobState, JobStatus


class IdleLauncher:
    """Says that every job launched runs, and starts none."""

    def __init__(self) -> None:
        self.ended: dict[str, JobStatus] = {}
        self.launched: list[Job] = []
        self.stopped: list[str] = []

    async def launch(self, job: Job) -> None:
        self.launched.append(job)

    async def status(self, name: str) -> JobStatus:
        running = any(job.name == name for job in self.launched)
        return self.ended.get(name, JobStatus(JobState.RUNNING if running else JobState.MISSING))

    async def stop(self, name: str, grace_seconds: float) -> None:
        self.stopped.append(name)

    async def devices(self) -> Sequence[Device]:
        return [Device("cpu", "cpu", 1, "CPU")]
