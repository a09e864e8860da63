"""The layer catalogue: every type, its other names, and its description for other programs."""

import os
from dataclasses import asdict
from functools import cache

from blueprint.catalogue import (
    activation,
    adaptive_pooling,
    arithmetic,
    attention,
    axes,
    channels,
    composite,
    convolution,
    cutting,
    depthwise,
    dropout,
    einsum,
    ends,
    experts,
    games,
    gated,
    images,
    joins,
    lambdas,
    linear,
    lookup,
    masks,
    normalization,
    padding,
    patches,
    pooling,
    positions,
    products,
    recurrent,
    reductions,
    sample_normalization,
    scaled_attention,
    self_attention,
    shape,
    softmax,
    tokens,
    transformers,
    transposed,
    unpooling,
)
from blueprint.catalogue.aliases import ALIASES, type_of
from blueprint.catalogue.layer import LAYERS, Field, Layer
from blueprint.codec import JSON
from blueprint.similar import similar

__all__ = ["ALIASES", "LAYERS", "catalogue_hash", "catalogue_json", "layer_of", "similar_type"]

FAMILIES = (
    ends,
    convolution,
    transposed,
    depthwise,
    patches,
    recurrent,
    attention,
    scaled_attention,
    self_attention,
    transformers,
    masks,
    positions,
    tokens,
    experts,
    normalization,
    sample_normalization,
    pooling,
    adaptive_pooling,
    unpooling,
    activation,
    softmax,
    gated,
    linear,
    lookup,
    dropout,
    shape,
    axes,
    cutting,
    padding,
    images,
    arithmetic,
    joins,
    reductions,
    products,
    einsum,
    composite,
    lambdas,
    channels,
    games,
)


def _in_reading_order() -> None:
    """Families in the order above, layers as they are written: stacked decorators register from below."""
    families = [family.__name__ for family in FAMILIES]
    layers = sorted(LAYERS.items(), key=lambda item: (families.index(item[1].rule.__module__), _line(item[1]), item[0]))
    LAYERS.clear()
    LAYERS.update(layers)


def _line(layer: Layer) -> int:
    line: int = layer.rule.__code__.co_firstlineno
    return line


_in_reading_order()


def layer_of(type: str) -> Layer | None:
    """The layer a type or one of its other names means."""
    return LAYERS.get(type_of(type))


def similar_type(type: str) -> str | None:
    """The known type a misspelt one probably means."""
    near = similar(type, (*LAYERS, *(name for name in ALIASES if type_of(name) in LAYERS)))
    return None if near is None else type_of(near)


def catalogue_json() -> dict[str, JSON]:
    """The catalogue as JSON: layers with ports, settings and an example, and the other names of types."""
    return {
        "layers": {type: _layer_json(layer) for type, layer in LAYERS.items()},
        "aliases": {name: type for name, (type, _) in ALIASES.items()},
        "implied": {name: settings for name, (_, settings) in ALIASES.items() if settings},
    }


def _layer_json(layer: Layer) -> dict[str, JSON]:
    return {
        "category": layer.category,
        "doc": layer.doc,
        "inputs": [asdict(port) for port in layer.inputs],
        "outputs": list(layer.outputs),
        "fields": [_field_json(field) for field in layer.fields],
        "example": asdict(layer.example),
    }


def _field_json(field: Field) -> dict[str, JSON]:
    return {**asdict(field), "choices": list(field.choices)}


@cache
def catalogue_hash() -> str:
    """A hash of what the catalogue says and of the rules behind it, as they are written."""
    import hashlib

    folder = os.path.dirname(__file__)
    hashed = hashlib.sha256()
    for name in sorted(name for name in os.listdir(folder) if name.endswith(".py")):
        with open(os.path.join(folder, name), "rb") as file:
            hashed.update(file.read() + b"\0")
    return hashed.hexdigest()
