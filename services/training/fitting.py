"""Whether an architecture version can be trained on a dataset version, said before anything is held or queued."""

from collections.abc import Sequence

import blueprint
from kernel.errors import Rejected
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1.service_pb2 import VersionState
from neuralforge.graph.v1 import service_pb2 as graph

Shape = Sequence[int | str]
TRAINABLE_DTYPE = "float32"


def check_ready(version: dataset.DatasetVersion) -> None:
    """Raises Rejected unless the dataset version can be read."""
    name = f"version {version.number} of the dataset {version.dataset_id}"
    if version.state == VersionState.VERSION_STATE_FAILED:
        raise Rejected(f"{name} failed to be ingested ({version.failure}); create another version", reason="NOT_READY")
    if version.state != VersionState.VERSION_STATE_READY:
        raise Rejected(f"{name} is still being ingested; start the run once it is ready", reason="NOT_READY")


def check_fits(architecture: graph.GetVersionResponse, data: dataset.DatasetVersion) -> blueprint.Plan:
    """The network's plan; raises Rejected, naming both sides, unless it maps the data's inputs to a score per class."""
    if architecture.project_id != data.project_id:
        raise Rejected(
            f"the architecture belongs to the project {architecture.project_id} and the dataset to "
            f"{data.project_id}; train within one project",
            reason="PROJECTS_DIFFER",
        )
    plan = _plan(architecture)
    wanted, given = _input(plan), list(data.input_shape)
    if list(wanted) != given:
        raise _misfit(
            f"the network's Input takes {_text(wanted)} per sample but the dataset gives {_text(given)}; "
            "change the Input's shape or choose another dataset"
        )
    scores, classes = _output(plan), len(data.classes)
    if list(scores) != [classes]:
        raise _misfit(
            f"the network's Output gives {_text(scores)} per sample but the dataset has {classes} classes, "
            f"which need [{classes}]; change the last layer or choose another dataset"
        )
    return plan


def layers(plan: blueprint.Plan) -> int:
    """How many layers run in a step, those of a Block as often as it is repeated."""
    return sum(step.config["repeat"] * layers(step.inside) if step.inside else 1 for step in plan.steps)


def _plan(architecture: graph.GetVersionResponse) -> blueprint.Plan:
    try:
        return blueprint.resolve(blueprint.parse(architecture.document))
    except ValueError as error:
        raise _misfit(f"version {architecture.version.number} cannot be trained: {error}") from error


def _input(plan: blueprint.Plan) -> Shape:
    if len(plan.inputs) != 1:
        raise _misfit(f"the network has {len(plan.inputs)} Input nodes; training needs exactly one")
    step = next(step for step in plan.steps if step.id == plan.inputs[0])
    if step.output_dtypes["out"] != TRAINABLE_DTYPE:
        raise _misfit(f"the network's Input takes {step.output_dtypes['out']} but datasets give {TRAINABLE_DTYPE}")
    return step.output_shapes["out"][1:]


def _output(plan: blueprint.Plan) -> Shape:
    if len(plan.outputs) != 1:
        raise _misfit(f"the network has {len(plan.outputs)} Output nodes; training needs exactly one")
    return next(step for step in plan.steps if step.id == plan.outputs[0]).input_shapes["in"][1:]


def _misfit(sentence: str) -> Rejected:
    return Rejected(sentence, reason="DOES_NOT_FIT")


def _text(shape: Shape) -> str:
    return "[" + ", ".join(str(size) for size in shape) + "]"
