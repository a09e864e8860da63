"""What a network is: its document, its layers, its analysis, and its changes. Standard library only."""

from blueprint.analysis import Analysis, NodeFigures, Totals, analyze
from blueprint.canonical import canonical, content_hash
from blueprint.catalogue import CATALOGUE_HASH, LAYERS, catalogue_json
from blueprint.catalogue.layer import Field, Layer, Port, Tensor
from blueprint.codec import JSON, DocumentError
from blueprint.document import Edge, Graph, Node, Position, parse, to_document
from blueprint.issues import Issue
from blueprint.plan import Plan, Step, resolve

__all__ = [
    "CATALOGUE_HASH",
    "JSON",
    "LAYERS",
    "Analysis",
    "DocumentError",
    "Edge",
    "Field",
    "Graph",
    "Issue",
    "Layer",
    "Node",
    "NodeFigures",
    "Plan",
    "Port",
    "Position",
    "Step",
    "Tensor",
    "Totals",
    "analyze",
    "canonical",
    "catalogue_json",
    "content_hash",
    "parse",
    "resolve",
    "to_document",
]
