"""An upload as a browser makes it, by GraphQL and the gateway's own origin alone: file, version, training, export."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from kernel.settings import CONTEXTS
from tests.foundry.upload_files import folders, zipped
from tests.gateway.conftest import START, Opened
from tests.gateway.web import Visitor
from tests.services.dataset.uploading import TABLE

ROWS = TABLE + 3 * TABLE.partition(b"\n")[2]  # an export is validated on at least 100 samples
REFUSED = "... on Refusal { code message field }"
PROJECT = f'mutation {{ createProject(name: "uploads") {{ ... on Project {{ id }} {REFUSED} }} }}'
PLACE = f"""mutation($project: ID!, $filename: String!, $kind: SourceKind!, $bytes: BigInt!) {{
  startUpload(projectId: $project, filename: $filename, kind: $kind, bytes: $bytes) {{
    ... on UploadPlace {{ uploadId url fields {{ name value }} expiresAt }} {REFUSED} }} }}"""
CREATE = f"""mutation($project: ID!, $upload: ID!, $name: String!, $options: IngestOptionsInput) {{
  createDataset(projectId: $project, uploadId: $upload, name: $name, options: $options) {{
    ... on Dataset {{ id name kind builtin }} {REFUSED} }} }}"""
VERSION = """query($id: ID!) { datasetVersion(datasetId: $id) {
  state failure rows classes inputShape givenSplits statistics
  source { kind filename bytes sha256 } progress { stage done total }
  options { skipPerMille images { height width channels fit } table { target missing categories keepScale } }
  faultCounts { code count } faults { code reason path row column } previews { label url } } }"""
DRAW = f"""mutation($project: ID!, $document: JSON!) {{
  createArchitecture(projectId: $project, document: $document) {{ ... on Architecture {{ id }} {REFUSED} }} }}"""
SAVE = f"mutation($id: ID!) {{ saveVersion(architectureId: $id) {{ ... on Version {{ number }} {REFUSED} }} }}"
RUN = "query($id: ID!) { run(id: $id) { state reason testAccuracy } }"
EXPORT = f"""mutation($run: ID!) {{ createExport(runId: $run, format: "onnx") {{
  ... on Export {{ id }} {REFUSED} }} }}"""
EXPORTED = "query($id: ID!) { export(id: $id) { state reason download { url } } }"


def network(shape: list[int], classes: int, *layers: dict[str, Any]) -> dict[str, Any]:
    """A chain from an Input of that shape to scores of that many classes."""
    nodes = [
        {"id": "in", "type": "Input", "config": {"shape": ["B", *shape]}},
        *layers,
        {"id": "scores", "type": "Linear", "config": {"out_features": classes}},
        {"id": "out", "type": "Output"},
    ]
    edges = [{"source": one["id"], "target": next["id"]} for one, next in pairwise(nodes)]
    return {"schema": "neuralforge.blueprint/1", "name": "net", "nodes": nodes, "edges": edges}


CNN = (
    {"id": "conv", "type": "Conv2d", "config": {"out_channels": 4, "kernel_size": 3}},
    {"id": "act", "type": "ReLU"},
    {"id": "flat", "type": "Flatten"},
)
MLP = ({"id": "hidden", "type": "Linear", "config": {"out_features": 8}}, {"id": "act", "type": "ReLU"})


class Uploader:
    """Somebody at the gateway, with a project."""

    def __init__(self, visitor: Visitor, project: str) -> None:
        self.visitor = visitor
        self.project = project

    async def one(self, query: str, **variables: Any) -> Any:
        """The only field of the answer."""
        [answer] = (await self.visitor.ask(query, **variables)).values()
        return answer

    async def until(self, query: str, id: str, *states: str) -> Any:
        async def probe() -> Any:
            found = await self.one(query, id=id)
            return found if found["state"] in states else None

        return await self.visitor.platform.eventually(probe, timeout=120, every=0.2)

    async def upload(self, data: bytes, filename: str, kind: str) -> str:
        place = await self.one(PLACE, project=self.project, filename=filename, kind=kind, bytes=str(len(data)))
        assert place["url"] == "/files/neuralforge"
        fields = {field["name"]: field["value"] for field in place["fields"]}
        answer = await self.visitor.http.post(place["url"], data=fields, files={"file": (filename, data)})
        assert answer.status_code == 204, answer.text
        return str(place["uploadId"])

    async def version(self, upload: str, name: str, options: Any = None) -> tuple[str, Any]:
        """(dataset id, its version once it is ready or failed)."""
        made = await self.one(CREATE, project=self.project, upload=upload, name=name, options=options)
        assert (made["name"], made["builtin"]) == (name, "")
        return made["id"], await self.until(VERSION, made["id"], "READY", "FAILED")

    async def exported(self, dataset: str, document: Any) -> onnxruntime.InferenceSession:
        """What one epoch of training on the dataset exports."""
        architecture = (await self.one(DRAW, project=self.project, document=document))["id"]
        await self.one(SAVE, id=architecture)
        run = await self.one(START, architecture=architecture, dataset=dataset, options={"epochs": 1})
        ended = await self.until(RUN, run["id"], "COMPLETED", "FAILED")
        assert ended["state"] == "COMPLETED", ended["reason"]
        export = await self.one(EXPORT, run=run["id"])
        done = await self.until(EXPORTED, export["id"], "VALIDATED", "FAILED")
        assert done["state"] == "VALIDATED", done["reason"]
        model = await self.visitor.http.get(done["download"]["url"])
        return onnxruntime.InferenceSession(model.content)


@pytest.mark.timeout(600)
async def test_files_become_data_a_trained_network_and_an_export(opened: Opened, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", folders(2, 60) | {"c0/bad.png": b"no"}).read_bytes()
    async with opened(*CONTEXTS) as visitor:
        ada = await uploader(visitor, "ada")
        await images(ada, await ada.upload(archive, "cats & dogs.zip", "IMAGE_FOLDERS"))
        eve = await uploader(visitor, "eve")
        await table(eve, await eve.upload(ROWS, "plants.csv", "CSV"))


async def uploader(visitor: Visitor, name: str) -> Uploader:
    """Somebody new, with a grant that is fresh."""
    await visitor.register(name)
    return Uploader(visitor, (await visitor.ask(PROJECT))["createProject"]["id"])


async def images(ada: Uploader, upload: str) -> None:
    options = {"skipPerMille": 20, "images": {"height": 8, "width": 8, "fit": "CROP"}}
    dataset, ready = await ada.version(upload, "pets", options)
    assert ready["state"] == "READY", ready["failure"]
    assert (ready["rows"], ready["classes"], ready["inputShape"]) == ("120", ["c0", "c1"], [3, 8, 8])
    assert (ready["source"]["filename"], ready["source"]["kind"]) == ("cats & dogs.zip", "IMAGE_FOLDERS")
    assert ready["options"]["images"] == {"height": 8, "width": 8, "channels": 0, "fit": "CROP"}
    assert ready["faultCounts"] == [{"code": "not_an_image", "count": 1}]
    assert [(fault["path"], fault["row"]) for fault in ready["faults"]] == [("c0/bad.png", None)]
    assert [preview["label"] for preview in ready["previews"]] == ["c0", "c1"]
    sheet = await ada.visitor.http.get(ready["previews"][0]["url"])
    assert (sheet.headers["content-type"], sheet.content[:4]) == ("image/png", b"\x89PNG")
    model = await ada.exported(dataset, network([3, 8, 8], 2, *CNN))
    [scores] = model.run(None, {model.get_inputs()[0].name: np.zeros((5, 3, 8, 8), np.float32)})
    assert np.asarray(scores).shape == (5, 2)


async def table(ada: Uploader, upload: str) -> None:
    dataset, ready = await ada.version(upload, "plants")
    assert ready["state"] == "READY", ready["failure"]
    assert ready["inputShape"] == [3]
    assert ready["options"]["table"] == {
        "target": "",
        "missing": "FAIL",
        "categories": "ONE_HOT",
        "keepScale": False,
    }
    assert [column["name"] for column in ready["statistics"]["columns"]] == ["width", "colour"]
    assert (ready["previews"], ready["faults"]) == ([], [])
    model = await ada.exported(dataset, network([3], 2, *MLP))
    [scores] = model.run(None, {model.get_inputs()[0].name: np.zeros((5, 3), np.float32)})
    assert np.asarray(scores).shape == (5, 2)


async def test_a_refused_place_says_which_field(opened: Opened) -> None:
    async with opened("dataset") as visitor:
        ada = await uploader(visitor, "ada")
        refused = await ada.one(PLACE, project=ada.project, filename="x.csv", kind="CSV", bytes=str(2**40))
        assert refused["field"] == "bytes"
        assert "1 to 2147483648 are taken" in refused["message"]
