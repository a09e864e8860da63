"""How much memory training needs, told from what each layer says it keeps for the backward pass.

A tensor kept by several layers counts once, with the node that made it; views cost nothing; a layer
keeps nothing where no gradient passes (no parameters that train before it). Parameters are not activations.
Measured against autograd's saved-tensor hooks on CPU; a GPU keeps less for Dropout (one byte a value).
"""

from collections.abc import Collection, Mapping

from blueprint import nesting
from blueprint.catalogue.checks import FLOATING, ITEM_BYTES
from blueprint.catalogue.layer import Layer, Tensor
from blueprint.dimensions import Dim, product, substitute, total
from blueprint.quoting import quoted
from blueprint.record import Maker, Record

OPTIMIZER_STATES = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adagrad": 1, "adam": 2, "adamw": 2}
PRECISIONS = ("float32", "bfloat16", "float16")


def remember(record: Record, layer: Layer, records: Mapping[str, Record]) -> None:
    """Note on a record, whose facts are found, what it keeps for the backward pass and who made its outputs."""
    facts, id = record.facts, record.node.id
    assert facts is not None
    assert record.config is not None
    feeding = [(records[source], port) for _, source, port in record.sources]
    differentiable = any(source.learns for source, _ in feeding)
    record.trainable = facts.params if record.config.get("trainable", True) else 0
    record.learns = record.learns or differentiable or record.trainable > 0
    shown = feeding[0][0].makers[feeding[0][1]] if facts.is_view and feeding else None
    view = facts.is_view and bool(feeding)
    for port in record.outputs:
        record.makers[port] = shown if view else None if port in layer.parameters else (id, port)
    if not record.learns:
        return
    kept: list[Maker] = []
    if facts.keeps_input or (facts.keeps_input_for_gradient and differentiable):
        kept += [maker for source, port in feeding if (maker := source.makers[port])]
    if facts.keeps_output:
        kept += [maker for maker in record.makers.values() if maker]
    if facts.keeps_ports:
        kept += _at_ports(facts.keeps_ports, record, records)
    record.kept = tuple(kept)


def _at_ports(ports: Collection[str], record: Record, records: Mapping[str, Record]) -> list[Maker]:
    """Who made what enters or leaves at some ports."""
    entering = {port: records[source].makers[out] for port, source, out in record.sources}
    return [maker for port, maker in (*entering.items(), *record.makers.items()) if maker and port in ports]


def activation_bytes(record: Record, kept: Mapping[Maker, int], precision: str = "float32") -> Dim:
    """Bytes kept of what one node made, B left as it is; `kept` counts who keeps each tensor."""
    if record.facts is None:
        return 0
    parts = [tensor_bytes(tensor, precision) for tensor in record.facts.keeps] if record.learns else []
    if record.inner:
        parts.append(nesting.bytes_inside(record, precision))
    for port, tensor in record.outputs.items():
        if kept.get((record.node.id, port)) and not nesting.keeps_output(record, port):
            parts.append(tensor_bytes(tensor, precision))
    return total(parts)


def tensor_bytes(tensor: Tensor, precision: str = "float32") -> Dim:
    """The size of a tensor, its floating numbers held in a precision."""
    dtype = precision if precision != "float32" and tensor.dtype in FLOATING else tensor.dtype
    return product(tensor.shape) * ITEM_BYTES[dtype]


def weight_bytes(params: int) -> int:
    """Parameters in float32."""
    return params * ITEM_BYTES["float32"]


def training_bytes(params: int, trainable: int, activations: Dim, batch: int, optimizer: str) -> Dim:
    """Weights in float32, gradients and optimiser state of what trains, and the activations of a whole batch."""
    weights = weight_bytes(params) + weight_bytes(trainable) * (1 + OPTIMIZER_STATES[optimizer])
    return total((weights, substitute(activations, {"B": batch})))


def check_training(batch: int, precision: str, optimizer: str) -> None:
    """Raises ValueError, one sentence, for settings of training that do not exist."""
    if batch < 1:
        raise ValueError(f"the batch is {batch}; it must be at least 1")
    if precision not in PRECISIONS:
        raise ValueError(f"precision {quoted(precision)} is unknown; it is one of {', '.join(PRECISIONS)}")
    if optimizer not in OPTIMIZER_STATES:
        raise ValueError(f"optimizer {quoted(optimizer)} is unknown; it is one of {', '.join(OPTIMIZER_STATES)}")
