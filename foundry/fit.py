"""Whether a blueprint can be trained on a data set as a classifier, said before anything is started."""

import blueprint
from foundry.data import Data
from foundry.errors import FoundryError
from foundry.heads import scores_alone

SMALL_BATCH_MACS = 10**9


def input_shape(graph: blueprint.Graph) -> tuple[int, ...]:
    """Shape of one sample without the batch, for a blueprint with one Input of fixed size after the batch."""
    plan = _plan(graph)
    if len(plan.inputs) != 1:
        raise FoundryError(f"the network has {len(plan.inputs)} Input nodes; this needs exactly one")
    (shape,) = (step.output_shapes["out"][1:] for step in plan.steps if step.id == plan.inputs[0])
    sizes = tuple(size for size in shape if isinstance(size, int))
    if len(sizes) < len(shape):
        raise FoundryError(f"the Input's shape {_text(shape)} has open sizes; give numbers for all but the batch")
    return sizes


def output_shape(graph: blueprint.Graph) -> tuple[object, ...]:
    """Shape of one result without the batch, for a blueprint with one Output beside losses of its own."""
    plan = _plan(scores_alone(graph))
    if len(plan.outputs) != 1:
        raise FoundryError(f"the network has {len(plan.outputs)} Output nodes; this needs exactly one")
    (shapes,) = (step.input_shapes for step in plan.steps if step.id == plan.outputs[0])
    return tuple(shapes["in"][1:])


def check_fits(graph: blueprint.Graph, data: Data) -> None:
    """Raise FoundryError, naming what to mend, unless the network maps these inputs to one score per class."""
    for name in ("train", "val"):
        if not len(getattr(data, name)):
            raise FoundryError(f"the data's {name} split is empty; training needs rows in train and val")
    wanted, given = input_shape(graph), tuple(data.train.inputs.shape[1:])
    if wanted != given:
        raise FoundryError(f"the Input takes {_text(wanted)} but the data are {_text(given)}; change the Input's shape")
    if not blueprint.analyze(graph).totals.trainable_params:
        raise FoundryError("the network has nothing to train; add a layer with parameters, or set trainable on one")
    scores = output_shape(graph)
    classes = len(data.classes)
    if scores != (classes,):
        raise FoundryError(f"the Output gives {_text(scores)} per sample; the {classes} classes need [{classes}]")


def threads_for(graph: blueprint.Graph, batch_size: int) -> int:
    """How many threads to train with on a CPU: one for a small network, else (0) as many as torch would use.

    For the digits CNN a second thread saved nothing on an idle machine of two cores (4.3 and 3.9 ms a step) and cost
    much on a busy one, where it is waited for (90th percentile 20 and 125 ms). One thread also gives the same bits on
    machines of any number of cores.
    """
    macs = blueprint.analyze(graph).totals.macs
    return 1 if isinstance(macs, int) and macs * batch_size < SMALL_BATCH_MACS else 0


def _plan(graph: blueprint.Graph) -> blueprint.Plan:
    try:
        return blueprint.resolve(graph)
    except ValueError as error:
        raise FoundryError(str(error)) from error


def _text(shape: tuple[object, ...]) -> str:
    return "[" + ", ".join(str(size) for size in shape) + "]"
