"""Ingest for real: jobs as processes of their own, killed and not, and what the read model makes of it."""

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import psutil
import pytest

from foundry.data import load
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset import __main__ as dataset
from tests.services.conftest import Hosted
from tests.services.dataset.ingesting import create, ended, files_of
from tests.services.files import fetch, stored
from tests.services.platform import Person, Platform


@pytest.fixture
async def platform(hosted: Hosted) -> AsyncIterator[Platform]:
    async with hosted("dataset") as running:
        yield running


@pytest.fixture
async def ada(platform: Platform) -> Person:
    return await platform.person("ada")


async def test_digits_become_a_ready_version_one_can_train_on(ada: Person, tmp_path) -> None:
    one = (await create(ada, await ada.project())).dataset
    ready = await ended(ada, one.id)
    assert ready.state == api.VERSION_STATE_READY, ready.failure
    for file in await files_of(ada, one.id):
        (tmp_path / file.name).write_bytes(await fetch(file.url))
    data = load(str(tmp_path))
    assert (len(data.train), len(data.val), len(data.test)) == (
        ready.train_rows,
        ready.validation_rows,
        ready.test_rows,
    )
    assert len(data.train) + len(data.val) + len(data.test) == 1797

    again = (await create(ada, one.project_id)).dataset
    assert (await ended(ada, again.id)).content_hash == ready.content_hash


async def test_killed_worker_is_replaced_and_the_version_ends_ready(platform: Platform, ada: Person) -> None:
    dataset_id = (await create(ada, await ada.project())).dataset.id
    name = f"dataset-{dataset_id}-1"

    async def process() -> psutil.Process | None:
        for child in psutil.Process().children(recursive=True):
            if "services.dataset.worker" in child.cmdline():
                return child
        return None

    killed = await platform.eventually(process)
    os.kill(killed.pid, signal.SIGKILL)
    ready = await ended(ada, dataset_id)
    assert ready.state == api.VERSION_STATE_READY, ready.failure
    assert platform.launcher
    assert (await platform.launcher.status(f"{name}-1")).exit_code == -signal.SIGKILL
    attempts = {key.split("/")[3] for key in await stored(platform, f"{ada.tenant}/dataset/")}
    assert attempts == {"2"}  # nothing of the first one is left


async def test_worker_that_always_dies_fails_the_version_with_its_last_line(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = partial(dataset.build, worker="tests.services.dataset.broken_worker")
    monkeypatch.setattr(dataset, "SPEC", replace(dataset.SPEC, build=broken))
    async with hosted("dataset") as platform:
        ada = await platform.person("ada")
        failed = await ended(ada, (await create(ada, await ada.project())).dataset.id)
    assert failed.state == api.VERSION_STATE_FAILED
    assert failed.failure == "all 3 attempts were lost; the last one ended with exit code 3: no digits today"


async def test_ingest_survives_a_restart_of_the_host(platform: Platform, ada: Person) -> None:
    dataset_id = (await create(ada, await ada.project())).dataset.id
    await platform.restart()
    assert (await ended(ada, dataset_id)).state == api.VERSION_STATE_READY
