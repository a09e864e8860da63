"""The layer catalogue: every type, its other names, and its description for other programs."""

import hashlib
from dataclasses import asdict
from difflib import get_close_matches

from blueprint.catalogue import activation, arrangement, convolution, ends, linear, normalization, pooling
from blueprint.catalogue.layer import LAYERS, Field, Layer
from blueprint.codec import JSON, encode

__all__ = ["ALIASES", "CATALOGUE_HASH", "LAYERS", "catalogue_json", "layer_of", "similar_type"]

FAMILIES = (ends, convolution, normalization, activation, pooling, linear, arrangement)

ALIASES = {
    "Conv2D": "Conv2d",
    "BatchNorm2D": "BatchNorm2d",
    "MaxPool2D": "MaxPool2d",
    "MaxPooling2D": "MaxPool2d",
    "AvgPool2D": "AvgPool2d",
    "AveragePooling2D": "AvgPool2d",
    "AdaptiveAvgPool2D": "AdaptiveAvgPool2d",
    "LayerNormalization": "LayerNorm",
    "Dense": "Linear",
    "Swish": "SiLU",
    "Concatenate": "Concat",
    "Cat": "Concat",
}


def layer_of(type: str) -> Layer | None:
    """The layer a type or one of its other names means."""
    return LAYERS.get(ALIASES.get(type, type))


def similar_type(type: str) -> str | None:
    """The known type a misspelt one probably means."""
    known = {name.lower(): name for name in (*ALIASES, *LAYERS)}
    close = get_close_matches(type[:64].lower(), known, 1)
    return ALIASES.get(known[close[0]], known[close[0]]) if close else None


def catalogue_json() -> dict[str, JSON]:
    """The catalogue as JSON: layers with ports and settings, and the other names of types."""
    return {"layers": {type: _layer_json(layer) for type, layer in LAYERS.items()}, "aliases": dict(ALIASES)}


def _layer_json(layer: Layer) -> dict[str, JSON]:
    return {
        "category": layer.category,
        "doc": layer.doc,
        "inputs": [asdict(port) for port in layer.inputs],
        "outputs": list(layer.outputs),
        "fields": [_field_json(field) for field in layer.fields],
    }


def _field_json(field: Field) -> dict[str, JSON]:
    return {**asdict(field), "choices": list(field.choices)}


CATALOGUE_HASH = hashlib.sha256(encode(catalogue_json())).hexdigest()
