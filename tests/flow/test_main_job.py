"""The main job over real gRPC, from an account to a file to take home, with nothing played and nothing faked."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file
from sklearn.datasets import load_digits

from cli.demo_job import EDITS
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import HoldServiceStub, UsageServiceStub
from neuralforge.export.v1 import service_pb2 as export
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import CheckpointKind, RunState
from tests.flow.logs import require_rebuildable
from tests.services.dataset.ingesting import files_of, version
from tests.services.export.exporting import create, download, ended
from tests.services.files import fetch
from tests.services.platform import Person, Platform
from tests.services.training.lab import Lab, digits

EPOCHS = 2


async def test_the_main_job_from_account_to_proven_file_and_settled_hold(whole: Platform, tmp_path: Path):
    ada = await whole.person("ada")
    project = await ada.project("digits")
    architecture = await drawn(ada, project)
    lab = Lab(ada, project, architecture, await digits(ada, project))
    run = await trained(lab)
    files = await taken_home(lab, run, tmp_path)
    check_equal_outputs(files, json.loads(await splits(lab))["test"], run)
    await check_settled(ada, run)
    await require_rebuildable(whole)


async def drawn(ada: Person, project: str) -> str:
    """The template as version 1, edited and saved as version 2."""

    async def call(method: str, request: Any) -> Any:
        return await ada.call(ArchitectureServiceStub, method, request)

    chosen = graph.TemplateChoice(name="digits-cnn")
    created = await call("CreateArchitecture", graph.CreateArchitectureRequest(project_id=project, template=chosen))
    id: str = created.architecture.id
    first = await call("SaveVersion", graph.SaveVersionRequest(architecture_id=id, message="template"))
    edits = json.dumps(EDITS).encode()
    edited = await call("ApplyEdits", graph.ApplyEditsRequest(architecture_id=id, edits=edits))
    assert json.loads(edited.analysis)["valid"]
    second = await call("SaveVersion", graph.SaveVersionRequest(architecture_id=id, message="slimmer"))
    assert (first.version.number, second.version.number) == (1, 2)
    assert first.version.content_hash != second.version.content_hash
    diff = await call("DiffVersions", graph.DiffVersionsRequest(architecture_id=id, base=1, target=2))
    assert {edit["op"] for edit in json.loads(diff.edits)} == {"add_node", "connect", "disconnect", "configure"}
    return id


async def trained(lab: Lab) -> api.Run:
    data = await version(lab.person, lab.dataset_id)
    assert (data.rows, data.train_rows, data.validation_rows, data.test_rows) == (1797, 1258, 270, 269)
    started = await lab.start(options=api.TrainingOptions(epochs=EPOCHS, seed=1))
    ends = (RunState.RUN_STATE_COMPLETED, RunState.RUN_STATE_FAILED)
    run = await lab.until(started.id, *ends, timeout=180)
    assert run.state == RunState.RUN_STATE_COMPLETED, run.reason
    evaluation = json.loads(run.evaluation)
    assert (evaluation["samples"], evaluation["accuracy"]) == (269, run.test_accuracy)
    assert sum(row[number] for number, row in enumerate(evaluation["confusion"])) == round(269 * run.test_accuracy)
    assert all({"precision", "recall", "f1"} <= row.keys() for row in evaluation["classes"])
    return run


async def taken_home(lab: Lab, run: api.Run, folder: Path) -> Path:
    """model.onnx, model.safetensors and model.py in the folder."""
    done = await ended(lab.person, (await create(lab.person, run.id)).export.id)
    assert done.state == export.EXPORT_STATE_VALIDATED, done.reason
    assert (done.validation.samples >= 100, done.validation.argmax_mismatches) == (True, 0)
    assert done.validation.max_abs_diff <= 1e-5
    (folder / "model.onnx").write_bytes(await fetch((await download(lab.person, done.id)).url))
    kept = (await lab.call("ListCheckpoints", api.ListCheckpointsRequest(run_id=run.id))).checkpoints
    best = next(checkpoint for checkpoint in kept if checkpoint.kind == CheckpointKind.CHECKPOINT_KIND_BEST)
    (folder / "model.safetensors").write_bytes(await fetch(best.files[0].url))
    request = graph.GetSourceRequest(architecture_id=lab.architecture_id)
    source = (await lab.person.call(ArchitectureServiceStub, "GetSource", request)).source
    (folder / "model.py").write_text(source)
    return folder


async def splits(lab: Lab) -> bytes:
    return await fetch(next(file.url for file in await files_of(lab.person, lab.dataset_id) if "splits" in file.name))


def check_equal_outputs(folder: Path, test_rows: list[int], run: api.Run) -> None:
    """The exported file and the source with its weights agree on the test split, and score what the run said."""
    data = load_digits()
    pixels = data.images[test_rows].astype(np.float32)[:, None]
    (logits,) = onnxruntime.InferenceSession(folder / "model.onnx").run(None, {"input": pixels})
    expected = outputs_of_source(folder, pixels)
    assert np.abs(logits - expected).max() <= 1e-5
    assert (logits.argmax(1) == expected.argmax(1)).all()
    assert (logits.argmax(1) == data.target[test_rows]).mean() == run.test_accuracy


def outputs_of_source(folder: Path, pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What model.py computes with model.safetensors."""
    spec = importlib.util.spec_from_file_location("taken_home", folder / "model.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (network,) = [kind for kind in vars(module).values() if isinstance(kind, type)]
    model = network()
    model.load_state_dict(load_file(folder / "model.safetensors"))
    with torch.inference_mode():
        outputs: np.ndarray[Any, Any] = model.eval()(torch.from_numpy(pixels)).numpy()
    return outputs


async def check_settled(ada: Person, run: api.Run) -> None:
    async def settled() -> billing.Hold | None:
        hold = (await ada.call(HoldServiceStub, "GetHold", billing.GetHoldRequest(hold_id=run.id))).hold
        return hold if hold.state == billing.HOLD_STATE_SETTLED else None

    hold = await ada.platform.eventually(settled)
    assert hold.metered_milliseconds == run.device_milliseconds > 0
    balance = await ada.call(UsageServiceStub, "GetTrialBalance", billing.GetTrialBalanceRequest())
    assert balance.balanced
    metered = [entry.amount for entry in balance.balances if ":metered:cpu:" in entry.account]
    assert metered == [run.device_milliseconds]
