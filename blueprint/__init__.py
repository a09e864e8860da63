"""What a network is: its document, its layers, its analysis, and its changes. Standard library only."""

from blueprint.analysis import Analysis, NodeFigures, Totals, analyze
from blueprint.blame import Blame, blame
from blueprint.canonical import canonical, content_hash
from blueprint.catalogue import LAYERS, catalogue_hash, catalogue_json
from blueprint.catalogue.layer import Field, Layer, Port, Tensor
from blueprint.codec import JSON, DocumentError
from blueprint.compare import Comparison, compare, compare_analysed
from blueprint.conflicts import Conflict
from blueprint.diff import diff
from blueprint.document import Edge, Graph, Node, Position, parse, to_document
from blueprint.edit_json import edits_from_json, edits_to_json
from blueprint.editing import apply, invert
from blueprint.edits import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edit,
    EditError,
    Group,
    MoveNode,
    RemoveNode,
    RenameNode,
    Replace,
    Ungroup,
    Within,
)
from blueprint.issues import Issue
from blueprint.layout import layout
from blueprint.merge import Merge, merge
from blueprint.moving import moves
from blueprint.plan import Plan, Step, resolve
from blueprint.session import Change, Session
from blueprint.templates import Parameter, Template, instantiate, templates

__all__ = [
    "JSON",
    "LAYERS",
    "AddNode",
    "Analysis",
    "Blame",
    "Change",
    "Comparison",
    "Configure",
    "Conflict",
    "Connect",
    "Disconnect",
    "DocumentError",
    "Edge",
    "Edit",
    "EditError",
    "Field",
    "Graph",
    "Group",
    "Issue",
    "Layer",
    "Merge",
    "MoveNode",
    "Node",
    "NodeFigures",
    "Parameter",
    "Plan",
    "Port",
    "Position",
    "RemoveNode",
    "RenameNode",
    "Replace",
    "Session",
    "Step",
    "Template",
    "Tensor",
    "Totals",
    "Ungroup",
    "Within",
    "analyze",
    "apply",
    "blame",
    "canonical",
    "catalogue_hash",
    "catalogue_json",
    "compare",
    "compare_analysed",
    "content_hash",
    "diff",
    "edits_from_json",
    "edits_to_json",
    "instantiate",
    "invert",
    "layout",
    "merge",
    "moves",
    "parse",
    "resolve",
    "templates",
    "to_document",
]
