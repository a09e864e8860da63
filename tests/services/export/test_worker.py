"""Exports for real: jobs as processes of their own, on good and crooked networks, killed and not."""

import hashlib
import json
import os
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

import grpc
import numpy as np
import onnxruntime
import psutil
import pytest

from neuralforge.export.v1 import service_pb2 as api
from neuralforge.training.v1 import service_pb2 as training
from services.export import __main__ as export_service
from tests.services.conftest import Hosted
from tests.services.export.exporting import CONTEXTS, completed_run, create, download, ended, get
from tests.services.files import fetch, stored
from tests.services.training.lab import Lab, lab_of


async def test_trained_run_becomes_a_validated_file_that_runs(hosted: Hosted, tmp_path: Path) -> None:
    """Nothing is played here: ingest, training and export are jobs of their own."""
    async with hosted(*CONTEXTS) as platform:
        lab = await lab_of(platform)
        run = await lab.start(options=training.TrainingOptions(epochs=2))
        await lab.until(run.id, training.RUN_STATE_COMPLETED, training.RUN_STATE_FAILED, timeout=180)
        assert (await lab.get(run.id)).state == training.RUN_STATE_COMPLETED, (await lab.get(run.id)).reason
        done = await ended(lab.person, (await create(lab.person, run.id)).export.id)
        assert done.state == api.EXPORT_STATE_VALIDATED, done.reason
        file = await download(lab.person, done.id)
        data = await fetch(file.url)

    proof = done.validation
    assert 100 <= proof.samples <= 1000
    assert proof.max_abs_diff <= proof.tolerance <= 1e-5
    assert proof.argmax_mismatches == 0
    assert (len(data), hashlib.sha256(data).hexdigest()) == (done.bytes, done.sha256) == (file.bytes, file.sha256)
    report = json.loads(done.report)
    assert report["seconds"].keys() == {"downloading", "converting", "validating", "uploading"}
    assert report["input"]["shape"] == ["batch", 1, 8, 8]
    assert report["output"] == {"name": "logits", "dtype": "float32", "shape": ["batch", 10]}
    assert report["opset"] >= 18
    assert "onnxruntime" in report["versions"]
    (tmp_path / "model.onnx").write_bytes(data)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    (scores,) = session.run(["logits"], {"input": np.zeros((3, 1, 8, 8), np.float32)})
    assert scores.shape == (3, 10)


async def test_killed_worker_is_replaced_and_the_export_ends_validated(factory: Lab) -> None:
    export_id = (await create(factory.person, await completed_run(factory))).export.id

    async def converting() -> psutil.Process | None:
        if (await get(factory.person, export_id)).stage != "converting":
            return None
        children = psutil.Process().children(recursive=True)
        return next(child for child in children if "services.export.worker" in child.cmdline())

    os.kill((await factory.platform.eventually(converting, timeout=120)).pid, signal.SIGKILL)
    done = await ended(factory.person, export_id)
    assert done.state == api.EXPORT_STATE_VALIDATED, done.reason
    assert (await factory.platform.launcher.status(f"export-{export_id}-1")).exit_code == -signal.SIGKILL  # type: ignore[union-attr]
    keys = await stored(factory.platform, f"{factory.person.tenant}/export/")
    assert keys == [f"{factory.person.tenant}/export/{export_id}/2/model.onnx"]


async def test_weights_of_another_network_fail_the_export(factory: Lab) -> None:
    done = await ended(factory.person, (await create(factory.person, await completed_run(factory, b"junk"))).export.id)
    assert done.state == api.EXPORT_STATE_FAILED
    assert "not a whole safetensors file" in done.reason


@pytest.fixture
def crooked(monkeypatch: pytest.MonkeyPatch) -> None:
    build = partial(export_service.build, worker="tests.services.export.perturbed_worker")
    monkeypatch.setattr(export_service, "SPEC", replace(export_service.SPEC, build=build))


async def test_network_that_differs_from_the_trained_one_fails_and_stays_here(crooked: None, factory: Lab) -> None:
    done = await ended(factory.person, (await create(factory.person, await completed_run(factory))).export.id)
    assert done.state == api.EXPORT_STATE_FAILED
    assert "where 1e-05 is allowed" in done.reason
    assert done.validation.max_abs_diff > done.validation.tolerance
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await download(factory.person, done.id)
    assert error.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert not await stored(factory.platform, f"{factory.person.tenant}/export/")
