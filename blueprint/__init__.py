"""What a network is: its document, its layers, its analysis, and its changes. Standard library only."""

from blueprint.canonical import canonical, content_hash
from blueprint.catalogue import CATALOGUE_HASH, LAYERS, catalogue_json
from blueprint.catalogue.layer import Field, Layer, Port, Tensor
from blueprint.codec import JSON, DocumentError
from blueprint.document import Edge, Graph, Node, Position, parse, to_document

__all__ = [
    "CATALOGUE_HASH",
    "JSON",
    "LAYERS",
    "DocumentError",
    "Edge",
    "Field",
    "Graph",
    "Layer",
    "Node",
    "Port",
    "Position",
    "Tensor",
    "canonical",
    "catalogue_json",
    "content_hash",
    "parse",
    "to_document",
]
