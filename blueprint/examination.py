"""One walk through a graph that finds out all that is true of it: facts of each layer, and every issue.

Issues come causes first: those of the document, then node by node in running order (arity, upstream,
settings, checks, output), then what leads nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from blueprint.canonical import with_handles
from blueprint.catalogue import layer_of, similar_type
from blueprint.catalogue.layer import Check, Config, Facts, Layer, Tensor
from blueprint.catalogue.settings import read_config
from blueprint.codec import JSON
from blueprint.dimensions import TooComplex, at_least
from blueprint.document import Graph, Node
from blueprint.expressions import MAX_INTEGER
from blueprint.issues import Issue, error, titled, warning
from blueprint.quoting import quoted
from blueprint.wiring import Sockets, Wiring, leading_to, sockets, wire

MOST_UNKNOWN_KEYS = 1000


@dataclass(slots=True)
class Examination:
    """Everything known of a graph. A node that failed has no facts but an id to blame in `failed`."""

    wiring: Wiring
    issues: list[Issue]
    inputs: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    configs: dict[str, Config] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def outputs(self, id: str) -> dict[str, Tensor]:
        """What an examined node gives, by port."""
        layer = layer_of(self.wiring.nodes[id].type)
        return dict(zip(layer.outputs if layer else (), self.facts[id].outputs, strict=True))

    def of_type(self, type: str) -> tuple[str, ...]:
        """Ids of all nodes of a type, in running order."""
        return tuple(id for id in self.wiring.order if self.wiring.nodes[id].type == type)


def examine(graph: Graph) -> Examination:
    """Examine a graph; never raises."""
    graph = with_handles(graph)
    wiring = wire(graph)
    found = Examination(wiring, [*_unknown_keys(graph), *wiring.issues])
    found.failed = {id: id for id in wiring.cyclic}
    found.issues += _missing_ends(found)
    for id in wiring.order:
        _examine_node(wiring.nodes[id], found)
    found.issues += _unreachable(found)
    return found


def _examine_node(node: Node, found: Examination) -> None:
    layer = layer_of(node.type)
    if layer is None:
        found.issues.append(_unknown_type(node))
        found.failed[node.id] = node.id
        return
    check = _checker(node, found)
    _examine_inputs(node, sockets(node, layer, found.wiring), found)
    config = read_config(layer, node.config, check)
    facts = None
    if config is not None and node.id not in found.failed:
        facts = _examine_rule(node, layer, config, check, found)
    if config is None or facts is None:
        found.failed.setdefault(node.id, node.id)
        return
    found.configs[node.id] = config
    found.facts[node.id] = facts


def _examine_inputs(node: Node, plugged: Sockets, found: Examination) -> None:
    """Report what is wrong at the ports; mark the node as failed where its rule cannot run."""
    explained = node.id in found.wiring.cut
    own = [issue for issue in plugged.issues if issue.code != "missing_input" or not explained]
    found.issues += own
    found.inputs[node.id] = plugged.inputs
    unmade = [_no_such_output(found.wiring.nodes[source], port, node) for _, source, port in plugged.inputs]
    found.issues += [issue for issue in unmade if issue]
    if node.id in found.wiring.cut or any(issue.code == "missing_input" for issue in own):
        found.failed.setdefault(node.id, node.id)
    blamed = next((found.failed[source] for _, source, _ in plugged.inputs if source in found.failed), None)
    if blamed is not None and node.id not in found.wiring.cyclic:
        what = f"{titled(node)}: not checked against its input, because {quoted(blamed)} before it failed"
        found.issues.append(error("upstream", what, f"mend {quoted(blamed)} first", node.id))
        found.failed.setdefault(node.id, blamed)
    elif any(unmade):
        found.failed.setdefault(node.id, node.id)


def _examine_rule(node: Node, layer: Layer, config: Config, check: Check, found: Examination) -> Facts | None:
    """Run the layer's rule; None when it, or the size of its output, is at fault."""
    before = len(found.issues)
    tensors = tuple(found.outputs(source)[port] for _, source, port in found.inputs[node.id])
    try:
        facts = layer.rule(tensors, config, check)
    except TooComplex as excess:
        check(False, "limit", str(excess), "name fewer sizes")
        return None
    if facts is None or any(issue.severity == "error" for issue in found.issues[before:]):
        return None
    sizes = [dim for tensor in facts.outputs for dim in tensor.shape if at_least(dim, MAX_INTEGER + 1)]
    what = f"makes a dimension of {sizes[0]}, more than 2^31 - 1" if sizes else ""
    return facts if check(not sizes, "limit", what, "use smaller sizes") else None


def _checker(node: Node, found: Examination) -> Check:
    def check(verdict: bool | None, code: str, what: str, mend: str, /) -> bool:
        if verdict is not True:
            make = error if verdict is False else warning
            found.issues.append(make(code, f"{titled(node)}: {what}", mend, node.id))
        return verdict is not False

    return check


def _no_such_output(source: Node, port: str, target: Node) -> Issue | None:
    layer = layer_of(source.type)
    if layer is None or port in layer.outputs:
        return None
    what = f"{titled(source)}: has no output {quoted(port or 'out')} for the edge to {quoted(target.id)}"
    known = ", ".join(map(quoted, layer.outputs))
    mend = f"connect from {known}" if known else "it gives nothing, remove the edge"
    return error("unknown_port", what, mend, source.id, port or None)


def _unknown_type(node: Node) -> Issue:
    similar = similar_type(node.type)
    mend = f"did you mean {similar}?" if similar else "choose one of the catalogue"
    what = f"{quoted(node.id)} is of type {quoted(node.type)}, which does not exist"
    return error("unknown_type", what, mend, node.id)


def _unknown_keys(graph: Graph) -> list[Issue]:
    owners: list[tuple[str, str | None, Mapping[str, JSON]]] = [("the document", None, graph.extra)]
    owners += [(f"node {quoted(node.id)}", node.id, node.extra) for node in graph.nodes]
    owners += [
        (f"the edge from {quoted(edge.source)} to {quoted(edge.target)}", None, edge.extra) for edge in graph.edges
    ]
    mend = "remove it, or put it under meta"
    unknown = (
        error("unknown_field", f"{owner} has an unknown key {quoted(key)}", mend, id)
        for owner, id, extra in owners
        for key in extra
    )
    issues = list(islice(unknown, MOST_UNKNOWN_KEYS))
    if next(unknown, None):
        issues.append(error("limit", f"more than {MOST_UNKNOWN_KEYS} unknown keys", "write the document anew"))
    return issues


def _missing_ends(found: Examination) -> list[Issue]:
    missing = []
    if not found.of_type("Input"):
        missing.append(error("no_input", "the network has no Input", "add an Input node with the shape of a sample"))
    if not found.of_type("Output"):
        missing.append(error("no_output", "the network has no Output", "add an Output node after the last layer"))
    return missing


def _unreachable(found: Examination) -> list[Issue]:
    outputs = found.of_type("Output")
    useful = leading_to(outputs, found.wiring)
    what, mend = "leads to no Output, so its result is lost", "connect it onwards or remove it"
    return [
        warning("unreachable", f"{titled(node)}: {what}", mend, node.id)
        for node in map(found.wiring.nodes.__getitem__, found.wiring.order)
        if outputs and node.id not in useful
    ]
