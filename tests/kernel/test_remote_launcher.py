"""A launcher behind a connection: the same answers, for services only, and each for its own jobs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kernel.errors import Denied, Unauthenticated, Unavailable
from kernel.keys import KeyRing
from kernel.launcher import Job, JobState
from kernel.local_launcher import LocalLauncher
from kernel.remote_launcher import LauncherServer, RemoteLauncher
from tests.services.launchers import IdleLauncher

JOB = Job("training-run-1", "services.training.worker", {"A": "b"}, "cuda:0", 2)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys")
    ring.create(["training", "export"])
    return ring


@pytest.fixture
async def idle(keys: KeyRing) -> AsyncIterator[tuple[IdleLauncher, str]]:
    launcher = IdleLauncher()
    server = LauncherServer(launcher, keys.public_keys())
    await server.start()
    yield launcher, server.address
    await server.stop()


async def test_jobs_are_launched_asked_about_and_stopped(idle: tuple[IdleLauncher, str], keys: KeyRing) -> None:
    launcher, address = idle
    remote = RemoteLauncher(address, "training", keys.private("training"))
    assert (await remote.status(JOB.name)).state is JobState.MISSING
    await remote.launch(JOB)
    assert launcher.launched == [JOB]
    assert (await remote.status(JOB.name)).state is JobState.RUNNING
    await remote.stop(JOB.name, 0.5)
    assert launcher.stopped == [JOB.name]
    assert list(await remote.devices()) == list(await launcher.devices())
    await remote.close()


async def test_another_services_jobs_and_programs_are_out_of_reach(
    idle: tuple[IdleLauncher, str], keys: KeyRing
) -> None:
    launcher, address = idle
    remote = RemoteLauncher(address, "export", keys.private("export"))
    with pytest.raises(Denied, match="training-run-1"):
        await remote.launch(JOB)
    with pytest.raises(Denied, match="http"):
        await remote.launch(Job("export-a-1", "http.server"))
    with pytest.raises(Denied):
        await remote.stop(JOB.name, 0)
    assert (launcher.launched, launcher.stopped) == ([], [])
    await remote.close()


async def test_who_cannot_sign_as_a_service_is_refused(
    idle: tuple[IdleLauncher, str], keys: KeyRing, tmp_path: Path
) -> None:
    forger = KeyRing(tmp_path / "forger")
    forger.create(["training"])
    for context, key in (("training", forger.private("training")), ("gateway", keys.private("training"))):
        remote = RemoteLauncher(idle[1], context, key)
        with pytest.raises(Unauthenticated):
            await remote.launch(JOB)
        await remote.close()
    assert idle[0].launched == []


async def test_a_launcher_that_is_gone_is_unavailable(keys: KeyRing, tmp_path: Path) -> None:
    server = LauncherServer(LocalLauncher(tmp_path), keys.public_keys())
    await server.start()
    await server.stop()
    remote = RemoteLauncher(server.address, "training", keys.private("training"))
    with pytest.raises(Unavailable, match="the launcher does not answer"):
        await remote.devices()
    await remote.close()
