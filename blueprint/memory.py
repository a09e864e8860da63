"""How much memory training needs, told from what each layer says it keeps for the backward pass.

A tensor kept by several layers counts once, with the node that made it; views cost nothing; a layer
keeps nothing where no gradient passes (no parameters before it). Parameters are not activations.
Measured against autograd's saved-tensor hooks on CPU; a GPU keeps less for Dropout (one byte a value).
"""

from collections import defaultdict
from collections.abc import Mapping

from blueprint.catalogue.checks import FLOATING, ITEM_BYTES
from blueprint.catalogue.layer import Tensor
from blueprint.dimensions import Dim, product, substitute, total
from blueprint.examination import Examination

OPTIMIZER_STATES = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adagrad": 1, "adam": 2, "adamw": 2}
PRECISIONS = ("float32", "bfloat16", "float16")


def weight_bytes(params: int) -> int:
    """Parameters in float32."""
    return params * ITEM_BYTES["float32"]


def training_bytes(found: Examination, params: int, batch: int, precision: str, optimizer: str) -> Dim:
    """Weights, gradients and optimiser state in float32, and the activations of a whole batch.

    The half precisions mean mixed precision: weights stay float32, floating activations take two bytes.
    """
    if batch < 1:
        raise ValueError(f"the batch is {batch}; it must be at least 1")
    if precision not in PRECISIONS:
        raise ValueError(f"precision {precision[:40]!r} is unknown; it is one of {', '.join(PRECISIONS)}")
    if optimizer not in OPTIMIZER_STATES:
        raise ValueError(f"optimizer {optimizer[:40]!r} is unknown; it is one of {', '.join(OPTIMIZER_STATES)}")
    copies = 2 + OPTIMIZER_STATES[optimizer]
    kept = total(activation_bytes(found, precision).values())
    return total((weight_bytes(params) * copies, substitute(kept, {"B": batch})))


def activation_bytes(found: Examination, precision: str = "float32") -> Mapping[str, Dim]:
    """Bytes of the tensors kept for backward, by the node that made them."""
    makers: dict[tuple[str, str], tuple[str, str]] = {}
    learning: set[str] = set()
    kept: dict[tuple[str, str], Tensor] = {}
    sums: dict[str, list[Dim]] = defaultdict(list)
    for id in (id for id in found.wiring.order if id in found.facts):
        facts, outputs = found.facts[id], found.outputs(id)
        sources = [(source, port) for _, source, port in found.inputs[id]]
        for port in outputs:
            makers[id, port] = makers[sources[0]] if facts.is_view else (id, port)
        differentiable = any(source in learning for source, _ in sources)
        if not (facts.params or differentiable):
            continue
        learning.add(id)
        if facts.keeps_input or (facts.keeps_input_for_gradient and differentiable):
            kept |= {makers[source]: found.outputs(source[0])[source[1]] for source in sources}
        if facts.keeps_output:
            kept |= {makers[id, port]: tensor for port, tensor in outputs.items()}
        sums[id] += [tensor_bytes(tensor, precision) for tensor in facts.keeps]
    for (id, _), tensor in kept.items():
        sums[id].append(tensor_bytes(tensor, precision))
    return {id: total(parts) for id, parts in sums.items()}


def tensor_bytes(tensor: Tensor, precision: str = "float32") -> Dim:
    """The size of a tensor, its floating numbers held in a precision."""
    dtype = precision if tensor.dtype in FLOATING and precision != "float32" else tensor.dtype
    return product(tensor.shape) * ITEM_BYTES[dtype]
