"""The launcher for one machine: every job is a child process with an environment of its own.

A job sees no variable of its parent but the path to its programs, gets a scratch folder that goes when it ends, and
dies with the parent. Each leaves `<name>.exit` and `<name>.log` behind, so that a new parent knows what has ended; of
these, `recover` keeps the newest `most_kept`.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

import kernel
from kernel.children import PARENT_VARIABLE
from kernel.launcher import Device, Job, JobState, JobStatus
from kernel.processes import Child, Command, stop_leftover, write_private

CODE = Path(kernel.__file__).resolve().parents[1]
LOG_TAIL_BYTES = 4_000
LOG_LIMIT_BYTES = 2_000_000
MOST_KEPT = 1_000
CLOSE_GRACE_SECONDS = 5.0
LAST_WORDS_SECONDS = 1.0
UNSEEN = "unseen"


class LocalLauncher:
    """Runs jobs in `folder`; call `recover` before the first launch and `close` at the end."""

    def __init__(self, folder: Path, *, log_limit_bytes: int = LOG_LIMIT_BYTES, most_kept: int = MOST_KEPT) -> None:
        self._folder = folder.resolve() / "jobs"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._log_limit = log_limit_bytes
        self._most_kept = most_kept
        self._launching = asyncio.Lock()
        self._running: dict[str, tuple[Child, asyncio.Task[None]]] = {}

    async def recover(self) -> Sequence[str]:
        """Stop what a dead predecessor left; the names of its unfinished jobs, which count as failed from now on."""
        unfinished = [name for name in self._launched() if name not in self._running and not self._exit(name).exists()]
        for name in unfinished:
            await stop_leftover(self._record(name), signal.SIGKILL, 0)
            self._end(name, UNSEEN)
        self._forget_oldest()
        return unfinished

    def _forget_oldest(self) -> None:
        """Else the folder grows for ever. Whoever waits for a job has asked about it long before."""
        newest_first = sorted(self._folder.glob("*.exit"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for exit in newest_first[self._most_kept :]:
            for leftover in (self._log(exit.stem), self._old_log(exit.stem), self._record(exit.stem), exit):
                leftover.unlink(missing_ok=True)

    async def launch(self, job: Job) -> None:
        async with self._launching:
            if self._log(job.name).exists():
                return
            scratch = self._scratch(job.name)
            scratch.mkdir(mode=0o700, exist_ok=True)
            self._log(job.name).touch(mode=0o600)  # from here on the job counts as launched, whatever happens
            output, end = os.pipe()
            try:
                child = await Child.start(self._command(job, scratch), output=end, record=self._record(job.name))
            finally:
                os.close(end)
            self._running[job.name] = (child, asyncio.create_task(self._follow(job.name, child, output)))

    async def status(self, name: str) -> JobStatus:
        if name in self._running:
            return JobStatus(JobState.RUNNING, None, self._tail(name))
        if not self._log(name).exists():
            return JobStatus(JobState.MISSING)
        ending = self._exit(name).read_text() if self._exit(name).exists() else UNSEEN
        code = None if ending == UNSEEN else int(ending)
        return JobStatus(JobState.SUCCEEDED if code == 0 else JobState.FAILED, code, self._tail(name))

    async def stop(self, name: str, grace_seconds: float) -> None:
        if name in self._running:
            child, follower = self._running[name]
            await child.stop(signal.SIGTERM, grace_seconds)
            await asyncio.wait([follower])

    async def devices(self) -> Sequence[Device]:
        cpu = Device("cpu", "cpu", psutil.virtual_memory().total, "CPU")
        return [cpu, *await nvidia_devices()]

    async def close(self) -> None:
        """Stop every job."""
        await asyncio.gather(*(self.stop(name, CLOSE_GRACE_SECONDS) for name in tuple(self._running)))

    async def _follow(self, name: str, child: Child, output: int) -> None:
        copying = asyncio.create_task(self._copy(output, self._log(name)))
        code = await child.wait()
        await asyncio.wait([copying], timeout=LAST_WORDS_SECONDS)  # a grandchild may hold the pipe open
        copying.cancel()
        self._end(name, str(code))
        del self._running[name]

    async def _copy(self, output: int, log: Path) -> None:
        """Keep the newest output: a full log becomes `.log.1` and a new one begins.

        The pipe is our own because asyncio's would delay `wait` until the last grandchild has closed it.
        """
        reader = asyncio.StreamReader()
        pipe = os.fdopen(output, "rb", buffering=0)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        with contextlib.closing(transport):
            while text := await reader.read(65_536):
                self._append(log, text)

    def _append(self, log: Path, text: bytes) -> None:
        if log.stat().st_size + len(text) > self._log_limit:
            log.replace(self._old_log(log.stem))
        with log.open("ab") as file:
            file.write(text)

    def _end(self, name: str, ending: str) -> None:
        write_private(self._exit(name), ending)
        shutil.rmtree(self._scratch(name), ignore_errors=True)

    def _command(self, job: Job, scratch: Path) -> Command:
        threads = str(job.cpu_threads)
        environment = {
            PARENT_VARIABLE: str(os.getpid()),
            "PYTHONPATH": str(CODE),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(scratch),
            "OMP_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            "CUDA_VISIBLE_DEVICES": job.device.removeprefix("cuda:") if job.device != "cpu" else "",
            "NF_DEVICE": "cpu" if job.device == "cpu" else "cuda:0",
            **job.environment,
        }
        argv = (sys.executable, "-m", job.module)
        return Command(argv, f"-m {job.module}", environment, folder=scratch, death_signal=signal.SIGKILL)

    def _tail(self, name: str) -> str:
        with contextlib.suppress(FileNotFoundError), self._log(name).open("rb") as log:
            log.seek(max(0, self._log(name).stat().st_size - LOG_TAIL_BYTES))
            return log.read().decode(errors="replace")
        return ""

    def _launched(self) -> list[str]:
        return sorted(log.stem for log in self._folder.glob("*.log"))

    def _record(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def _old_log(self, name: str) -> Path:
        return self._folder / f"{name}.log.1"

    def _exit(self, name: str) -> Path:
        return self._folder / f"{name}.exit"

    def _scratch(self, name: str) -> Path:
        return self._folder / f"{name}.scratch"


async def nvidia_devices() -> list[Device]:
    """Each NVIDIA GPU that the driver's own tool reports; none where the tool is missing or does not answer."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    query = ("--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits")
    process = await asyncio.create_subprocess_exec(
        tool, *query, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), timeout=10)
    except TimeoutError:
        process.kill()
        await process.wait()
        return []
    return parse_nvidia(output.decode()) if process.returncode == 0 else []


def parse_nvidia(table: str) -> list[Device]:
    """`0, NVIDIA H100 80GB HBM3, 81559`: index, model, memory in MiB."""
    rows = [[cell.strip() for cell in line.split(",")] for line in table.splitlines() if line.strip()]
    return [Device(f"cuda:{index}", "cuda", int(memory) * 2**20, model) for index, model, memory in rows]
