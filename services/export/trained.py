"""What an export is made from, asked of the training and dataset services when it is needed."""

from dataclasses import dataclass

from kernel.client import Neighbours
from kernel.errors import Rejected
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1 import service_pb2_grpc as dataset_rpc
from neuralforge.export.v1 import service_pb2 as api
from neuralforge.training.v1 import service_pb2 as training
from neuralforge.training.v1 import service_pb2_grpc as training_rpc

WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A completed run and the blueprint document it trained."""

    run: training.Run
    document: bytes


class Trained:
    """Runs and their files. `tenant=None` asks as the person who calls, else as this service in that tenant."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours

    async def completed_run(self, run_id: str) -> TrainedRun:
        """Raises NotFound, or Rejected for a run that has not completed."""
        stub = self._neighbours.stub("training", training_rpc.RunServiceStub)
        run = (await self._neighbours.call(stub.GetRun, training.GetRunRequest(run_id=run_id))).run
        if run.state != training.RUN_STATE_COMPLETED:
            word = training.RunState.Name(run.state).removeprefix("RUN_STATE_").lower()
            raise Rejected(f"the run {run.name or run_id[:64]} is {word}; only a completed run can be exported")
        await self.weights(run_id)
        asked = training.GetReproductionRequest(run_id=run_id)
        return TrainedRun(run, (await self._neighbours.call(stub.GetReproduction, asked)).document)

    async def weights(self, run_id: str, *, tenant: str | None = None) -> api.File:
        """A link to the weights of the best checkpoint; raises Rejected where there are none."""
        stub = self._neighbours.stub("training", training_rpc.RunServiceStub)
        asked = training.ListCheckpointsRequest(run_id=run_id)
        found = await self._neighbours.call(stub.ListCheckpoints, asked, tenant=tenant)
        for checkpoint in found.checkpoints:
            for file in checkpoint.files:
                if checkpoint.kind == training.CHECKPOINT_KIND_BEST and file.name == WEIGHTS:
                    return _file(file)
        raise Rejected(f"the run {run_id[:64]} kept no {WEIGHTS} of its best checkpoint; train it again")

    async def dataset_files(self, dataset_id: str, number: int, *, tenant: str) -> list[api.File]:
        """Links to the files of the dataset version the run was trained on."""
        stub = self._neighbours.stub("dataset", dataset_rpc.DatasetServiceStub)
        asked = dataset.ListDatasetFilesRequest(dataset_id=dataset_id, number=number)
        return [
            _file(file) for file in (await self._neighbours.call(stub.ListDatasetFiles, asked, tenant=tenant)).files
        ]


def _file(file: training.File | dataset.File) -> api.File:
    return api.File(name=file.name, url=file.url, bytes=file.bytes, sha256=file.sha256)
