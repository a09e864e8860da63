"""Jobs as child processes: what they see, how they end, and what a killed parent leaves."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from kernel.launcher import Job, JobState, JobStatus, job_name
from kernel.local_launcher import LocalLauncher
from kernel.processes import Record
from tests.kernel.processes import ROOT, becomes_true, spawn, wait_for_line

STATES = {JobState.SUCCEEDED, JobState.FAILED}

PARENT = """
import asyncio, sys
from pathlib import Path
from kernel.launcher import Job
from kernel.local_launcher import LocalLauncher

async def main():
    launcher = LocalLauncher(Path(sys.argv[1]))
    await launcher.launch(Job("job-1", "sleeper", {"PYTHONPATH": sys.argv[2]}))
    print("launched", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
async def launcher(tmp_path: Path) -> AsyncIterator[LocalLauncher]:
    launcher = LocalLauncher(tmp_path, log_limit_bytes=50_000)
    yield launcher
    await launcher.close()


def job(tmp_path: Path, name: str, code: str, **environment: str) -> Job:
    """A job whose module is this code."""
    module = name.replace("-", "_")
    (tmp_path / f"{module}.py").write_text(code)
    return Job(name, module, {"PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path))), **environment})


async def ending(launcher: LocalLauncher, name: str) -> JobStatus:
    while (status := await launcher.status(name)).state not in STATES:
        await asyncio.sleep(0.02)
    return status


async def said(launcher: LocalLauncher, name: str, text: str) -> None:
    while text not in (await launcher.status(name)).log_tail:
        await asyncio.sleep(0.02)


async def test_a_job_succeeds_or_fails_by_its_exit_code(launcher: LocalLauncher, tmp_path: Path) -> None:
    await launcher.launch(job(tmp_path, "good", "print('done')"))
    await launcher.launch(job(tmp_path, "bad", "import sys; print('half done'); sys.exit('no data')"))
    await launcher.launch(job(tmp_path, "killed", "import os; os.kill(os.getpid(), 9)"))
    assert await ending(launcher, "good") == JobStatus(JobState.SUCCEEDED, 0, "done\n")
    assert await ending(launcher, "bad") == JobStatus(JobState.FAILED, 1, "half done\nno data\n")
    assert await ending(launcher, "killed") == JobStatus(JobState.FAILED, -9, "")
    assert await launcher.status("unknown") == JobStatus(JobState.MISSING)
    assert not [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE]


async def test_a_job_sees_its_own_environment_only(
    launcher: LocalLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in ("NF_POSTGRES", "NF_NATS", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(secret, "secret")
    show = "import json, os; print(json.dumps({**os.environ, 'cwd': os.getcwd()}))"
    await launcher.launch(job(tmp_path, "show", show, NF_GRANT="grant"))
    seen = json.loads((await ending(launcher, "show")).log_tail)
    assert {name for name in seen if name.startswith("NF_")} == {"NF_DEVICE", "NF_GRANT", "NF_PARENT_PID"}
    assert "secret" not in seen.values()
    assert (seen["NF_DEVICE"], seen["CUDA_VISIBLE_DEVICES"], seen["OMP_NUM_THREADS"]) == ("cpu", "", "1")
    assert not os.path.exists(seen["cwd"])  # noqa: ASYNC240  its scratch folder went with it


async def test_a_job_sees_only_the_gpu_it_was_given(launcher: LocalLauncher, tmp_path: Path) -> None:
    show = job(tmp_path, "show", "import os; print(os.environ['NF_DEVICE'], os.environ['CUDA_VISIBLE_DEVICES'])")
    await launcher.launch(Job(show.name, show.module, show.environment, device="cuda:3"))
    assert (await ending(launcher, "show")).log_tail == "cuda:0 3\n"


async def test_launching_a_name_again_starts_nothing(launcher: LocalLauncher, tmp_path: Path) -> None:
    counted = job(tmp_path, "count", f"open({str(tmp_path / 'count')!r}, 'a').write('x')")
    await asyncio.gather(*(launcher.launch(counted) for _ in range(5)))
    first = await ending(launcher, "count")
    await launcher.launch(counted)
    another = LocalLauncher(tmp_path)  # as after a restart
    assert await another.recover() == []
    await another.launch(counted)
    assert await another.status("count") == first
    assert (tmp_path / "count").read_text() == "x"


async def test_stop_lets_a_job_end_itself_and_kills_one_that_will_not(launcher: LocalLauncher, tmp_path: Path) -> None:
    wait = "print('up', flush=True)\nwhile True: signal.pause()"
    polite = f"import signal, sys; signal.signal(15, lambda *_: sys.exit(0)); {wait}"
    stubborn = f"import signal; signal.signal(15, signal.SIG_IGN); {wait}"
    for name, code in (("polite", polite), ("stubborn", stubborn)):
        await launcher.launch(job(tmp_path, name, code.replace("; print", "\nprint")))
        await said(launcher, name, "up")
        await launcher.stop(name, 0.5 if name == "stubborn" else 30)
    assert await launcher.status("polite") == JobStatus(JobState.SUCCEEDED, 0, "up\n")
    assert await launcher.status("stubborn") == JobStatus(JobState.FAILED, -9, "up\n")
    await launcher.stop("polite", 1)
    await launcher.stop("unknown", 1)


async def test_a_jobs_own_children_end_with_it(launcher: LocalLauncher, tmp_path: Path) -> None:
    code = "import subprocess, os; print(subprocess.Popen(['sleep', '600']).pid, flush=True); os.kill(os.getpid(), 9)"
    await launcher.launch(job(tmp_path, "parent", code))
    grandchild = int((await ending(launcher, "parent")).log_tail)
    assert becomes_true(lambda: not runs(grandchild))


async def test_a_log_keeps_its_newest_lines_within_the_limit(launcher: LocalLauncher, tmp_path: Path) -> None:
    await launcher.launch(job(tmp_path, "chatter", "for n in range(100_000): print('line', n)"))
    assert (await ending(launcher, "chatter")).log_tail.endswith("line 99998\nline 99999\n")
    logs = [path.stat().st_size for path in (tmp_path / "jobs").glob("chatter.log*")]
    assert sum(logs) < 2 * (50_000 + 65_536)


async def test_close_stops_every_job(tmp_path: Path) -> None:
    launcher = LocalLauncher(tmp_path)
    before = set(psutil.Process().children())
    for name in ("one", "two"):
        await launcher.launch(job(tmp_path, name, "import time; time.sleep(600)"))
    assert set(psutil.Process().children()) > before
    await launcher.close()
    assert [(await launcher.status(name)).state for name in ("one", "two")] == [JobState.FAILED] * 2
    assert set(psutil.Process().children()) <= before


async def test_a_job_dies_with_a_killed_parent_and_counts_as_failed(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text("import time; time.sleep(600)")
    parent = spawn(sys.executable, "-c", PARENT, tmp_path, tmp_path)
    wait_for_line(parent, "launched")
    record = Record.read(tmp_path / "jobs" / "job-1.json")
    assert record
    assert record.process()
    parent.kill()
    parent.communicate()
    assert sys.platform != "linux" or becomes_true(lambda: record.process() is None)
    launcher = LocalLauncher(tmp_path)
    assert await launcher.recover() == ["job-1"]
    assert await launcher.status("job-1") == JobStatus(JobState.FAILED)
    assert await launcher.recover() == []


async def test_recover_stops_what_outlived_its_parent_and_nobody_else(tmp_path: Path) -> None:
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    outlived, stranger = spawn("sleep", "601"), spawn("sleep", "602")
    Record.of(outlived.pid, "sleep 601").write(jobs / "outlived.json")
    Record.of(stranger.pid, "-m services.training.worker").write(jobs / "reused.json")
    for name in ("outlived", "reused"):
        (jobs / f"{name}.log").touch()
    assert await LocalLauncher(tmp_path).recover() == ["outlived", "reused"]
    assert outlived.wait(timeout=10) == -signal.SIGKILL
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
async def test_recover_keeps_what_the_newest_jobs_left(launcher: LocalLauncher, tmp_path: Path) -> None:
    for number in range(3):
        await launcher.launch(job(tmp_path, f"job-{number}", f"print('x' * {(2 - number) * 30_000}, flush=True)"))
        await ending(launcher, f"job-{number}")
    after = LocalLauncher(tmp_path, most_kept=1)
    await after.recover()
    states = [(await after.status(f"job-{number}")).state for number in range(3)]
    assert states == [JobState.MISSING, JobState.MISSING, JobState.SUCCEEDED]
    assert {path.name.split(".")[0] for path in (tmp_path / "jobs").iterdir()} == {"job-2"}


def test_a_worker_that_asks_dies_with_its_launcher() -> None:
    worker = "from kernel.children import die_with_parent; die_with_parent(); print('asked', flush=True); input()"
    parent = spawn(
        sys.executable,
        "-c",
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {worker!r}], stdin=subprocess.PIPE, start_new_session=True,"
        " env=os.environ | {'NF_PARENT_PID': str(os.getpid())})\n"
        "print(child.pid, flush=True); child.wait()",
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    wait_for_line(parent, "asked")
    assert runs(child)
    parent.kill()
    parent.wait()
    assert becomes_true(lambda: not runs(child))


def test_a_worker_whose_launcher_is_gone_does_not_start() -> None:
    ask = "import os; os.environ['NF_PARENT_PID'] = '1'; from kernel.children import die_with_parent; die_with_parent()"
    _, error = spawn(sys.executable, "-c", ask).communicate()
    assert "the parent process 1 ended before its child" in error


async def test_devices_are_the_cpu_and_each_gpu(
    launcher: LocalLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [device.name for device in await launcher.devices()] == ["cpu"]
    tool.write_text("#!/bin/sh\necho '0, NVIDIA H100 80GB HBM3, 81559'\necho '1, NVIDIA L4, 23034'\n")
    tool.chmod(0o755)
    cpu, h100, l4 = await launcher.devices()
    assert (cpu.kind, cpu.memory_bytes) == ("cpu", psutil.virtual_memory().total)
    assert (h100.name, h100.kind, h100.memory_bytes, h100.model) == (
        "cuda:0",
        "cuda",
        81559 * 2**20,
        "NVIDIA H100 80GB HBM3",
    )
    assert l4.name == "cuda:1"
    tool.write_text("#!/bin/sh\necho 'no driver'\nexit 9\n")
    assert [device.name for device in await launcher.devices()] == ["cpu"]


def test_names_are_stable_and_fit_a_cluster() -> None:
    assert job_name("train", "01JX7", 2) == job_name("train", "01JX7", 2) == "train-01jx7-2"
    for name in ("", "-a", "a-", "A", "a_b", "a.b", "../a", "a" * 64):
        with pytest.raises(ValueError, match="no job name"):
            Job(name, "json.tool")


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
