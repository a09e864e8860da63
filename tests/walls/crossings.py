"""Requests that name two things: one of one's own, and one that is closed."""

from collections.abc import Iterator

from google.protobuf.message import Message

from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.training.v1 import service_pb2 as training
from tests.walls.matrix import paths
from tests.walls.world import Things


def crossings(own: Things, closed: Things) -> Iterator[tuple[str, Message]]:
    """(path, request) of each."""
    source, network = graph.MergeSource(architecture_id=closed.architecture), own.architecture
    for name, request in (
        ("graph.ArchitectureService.PreviewMerge", graph.PreviewMergeRequest(architecture_id=network, source=source)),
        (
            "graph.ArchitectureService.MergeArchitecture",
            graph.MergeArchitectureRequest(architecture_id=network, source=source),
        ),
        (
            "graph.ArchitectureService.DiffVersions",
            graph.DiffVersionsRequest(
                architecture_id=network, base=1, target=1, target_architecture_id=closed.architecture
            ),
        ),
        (
            "graph.ArchitectureService.ForkArchitecture",
            graph.ForkArchitectureRequest(architecture_id=network, project_id=closed.project),
        ),
        (
            "graph.ArchitectureService.ForkArchitecture",
            graph.ForkArchitectureRequest(architecture_id=closed.architecture, project_id=own.project),
        ),
        (
            "dataset.DatasetService.StartUpload",
            dataset.StartUploadRequest(
                project_id=own.project,
                dataset_id=closed.dataset,
                filename="a.csv",
                kind=dataset.SOURCE_KIND_CSV,
                bytes=1,
            ),
        ),
        *(
            (f"training.RunService.{method}", kind(architecture_id=one.architecture, dataset_id=other.dataset))
            for method, kind in (("StartRun", training.StartRunRequest), ("EstimateRun", training.EstimateRunRequest))
            for one, other in ((own, closed), (closed, own))
        ),
    ):
        yield paths()[name], request
