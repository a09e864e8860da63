"""Finds out all that is true of a graph: a record of each node, and every issue, causes before consequences.

Issues come in this order: those of the document, then node by node in running order (arity, upstream, settings,
checks, output), then what leads nowhere. The graph inside a Block is an examination of its own, whose Inputs are
given from outside.
"""

from collections.abc import Mapping

from blueprint import nesting
from blueprint.canonical import with_handles
from blueprint.catalogue import LAYERS, similar_type
from blueprint.catalogue.layer import Config, Facts, Layer, Tensor
from blueprint.catalogue.settings import read_config
from blueprint.dimensions import TooComplex, at_least, product
from blueprint.document import Graph
from blueprint.expressions import MAX_INTEGER
from blueprint.issues import Issue, error, titled, warning
from blueprint.memory import remember
from blueprint.ports import inputs_of, outputs_of
from blueprint.quoting import quoted
from blueprint.record import Given, Maker, Record
from blueprint.sockets import sockets
from blueprint.unknown_keys import unknown_keys
from blueprint.wiring import leading_to, wire


class Examination:
    """Everything known of a graph whose handles are written."""

    def __init__(self, graph: Graph, prefix: str = "", given: Mapping[str, Given] | None = None) -> None:
        self.prefix = prefix
        self.given = given
        self.wiring = wire(graph, prefix)
        self.document_issues = [*unknown_keys(graph, prefix), *self.wiring.issues]
        self.records: dict[str, Record] = {}
        self.kept: dict[Maker, int] = {}
        for id in self.wiring.order:
            self.examine(id)

    def of_type(self, type: str) -> list[str]:
        """Ids of all nodes of a type, in running order."""
        return [id for id in self.wiring.order if self.wiring.nodes[id].type == type]

    def issues(self) -> list[Issue]:
        """All issues, causes before consequences."""
        found = [*self.document_issues, *self._missing_ends()]
        for id in self.wiring.order:
            found += self.records[id].issues
        return [*found, *self._unreachable()]

    def examine(self, id: str) -> Record:
        """Examine a node, those that feed it being known, and put its record in the place of an older one."""
        record = Record(self.wiring.nodes[id], self.prefix + id)
        if (layer := LAYERS.get(record.node.type)) is None:
            record.issues.append(_unknown_type(record))
            record.failed = record.path
        else:
            self._plug(record, layer)
            self._run(record, layer)
        self._replace(id, record)
        return record

    def inside(self, graph: Graph, path: str, given: Mapping[str, Given]) -> "Examination":
        """The examination of a graph in a Block."""
        return Examination(graph, f"{path}/", given)

    def forget(self, id: str) -> None:
        """Drop what is known of a node."""
        for maker in self.records.pop(id).kept if id in self.records else ():
            self.kept[maker] -= 1

    def _replace(self, id: str, record: Record) -> None:
        self.forget(id)
        self.records[id] = record
        for maker in record.kept:
            self.kept[maker] = self.kept.get(maker, 0) + 1

    def _plug(self, record: Record, layer: Layer) -> None:
        """Report what is wrong at the ports; mark the node as failed where its rule cannot run."""
        node, wiring = record.node, self.wiring
        plugged = sockets(node.type, record.path, inputs_of(node), wiring.incoming[node.id])
        record.sources = plugged.sources
        explained = node.id in wiring.cut
        if plugged.issues:
            record.issues += [issue for issue in plugged.issues if issue.code != "missing_input" or not explained]
        if node.id in wiring.cyclic or explained or plugged.incomplete:
            record.failed = record.path
        for _, source, port in plugged.sources:
            feeding = self.records.get(source)
            if feeding is None:
                continue
            if feeding.failed is not None:
                self._blame(record, feeding.failed)
            if port not in feeding.outputs and (issue := self._no_such_output(feeding, port, record)):
                record.issues.append(issue)
                record.failed = record.failed or record.path

    def _blame(self, record: Record, cause: str) -> None:
        """Say once that something before failed; the nodes of a cycle blame it and not one another."""
        if record.node.id in self.wiring.cyclic or any(issue.code == "upstream" for issue in record.issues):
            return
        what = f"{titled(record.node.type, record.path)}: not checked against its input, because {quoted(cause)}"
        record.issues.append(error("upstream", f"{what} before it failed", f"mend {quoted(cause)} first", record.path))
        record.failed = record.failed or cause

    def _run(self, record: Record, layer: Layer) -> None:
        """Read the settings and, where inputs and settings are sound, find the facts."""
        if self.given is not None and record.node.type == "Input":
            nesting.enter(record, layer, self.given[record.node.id])
        else:
            record.config = read_config(layer, record.node.config, record.report)
            if nesting.holds_graph(layer):
                nesting.descend(record, self)
            elif record.config is not None and record.failed is None:
                record.facts = self._facts(record, layer, record.config)
        if record.facts is None:
            record.failed = record.failed or record.path
            return
        name_outputs(record)
        if record.inner:
            nesting.remember_inside(record, self)
        else:
            remember(record, layer, self.records)

    def _facts(self, record: Record, layer: Layer, config: Config) -> Facts | None:
        """Run the layer's rule; None when it, or the size of its output, is at fault.

        What a layer passes on was checked where it was made.
        """
        before = len(record.issues)
        entering = self._arguments(record, layer)
        try:
            facts = layer.rule(*entering, config, record.report)
            made = [tensor for tensor in facts.outputs if tensor not in entering] if facts else []
            _check_numbers(*made, *(facts.keeps if facts else ()))
        except TooComplex as excess:
            record.report(False, "limit", str(excess), "name fewer sizes")
            return None
        if facts is None or (record.issues and any(issue.severity == "error" for issue in record.issues[before:])):
            return None
        for tensor in made:
            for dim in tensor.shape:
                if dim > MAX_INTEGER if isinstance(dim, int) else at_least(dim, MAX_INTEGER + 1):
                    what = f"makes a dimension of {dim}, more than 2^31 - 1"
                    record.report(False, "limit", what, "use smaller sizes")
                    return None
        return facts

    def _arguments(self, record: Record, layer: Layer) -> list[Tensor | tuple[Tensor, ...] | None]:
        """One argument for each port of the layer."""
        tensors = {port: self.records[source].outputs[out] for port, source, out in record.sources}
        if len(layer.inputs) == 1 and layer.inputs[0].variadic:
            return [tuple(tensors.values())]
        return [
            tuple(tensors[handle] for handle in tensors if port.accepts(handle))
            if port.variadic
            else tensors.get(port.name)
            for port in layer.inputs
        ]

    def _no_such_output(self, feeding: Record, port: str, record: Record) -> Issue | None:
        names = list(feeding.outputs) if feeding.facts else list(outputs_of(feeding.node))
        if feeding.node.type not in LAYERS or port in names or (not feeding.facts and _could_be(port, names)):
            return None
        title = titled(feeding.node.type, feeding.path)
        what = f"{title}: has no output {quoted(port or 'out')} for the edge to {quoted(record.path)}"
        known = ", ".join(map(quoted, names))
        mend = f"connect from {known}" if known else "it gives nothing, remove the edge"
        return error("unknown_port", what, mend, feeding.path, port or None)

    def _missing_ends(self) -> list[Issue]:
        where = f"Block {quoted(self.prefix[:-1])}" if self.prefix else "the network"
        node = self.prefix[:-1] or None
        types = {node.type for node in self.wiring.nodes.values()}
        missing = []
        if "Input" not in types:
            mend = "add an Input node with the shape of a sample"
            missing.append(error("no_input", f"{where} has no Input", mend, node))
        if "Output" not in types:
            missing.append(
                error("no_output", f"{where} has no Output", "add an Output node after the last layer", node)
            )
        return missing

    def _unreachable(self) -> list[Issue]:
        outputs = self.of_type("Output")
        useful = leading_to(outputs, self.wiring)
        if not outputs or len(useful) == len(self.wiring.nodes):
            return []
        what, mend = "leads to no Output, so its result is lost", "connect it onwards or remove it"
        lost = [self.records[id] for id in self.wiring.order if id not in useful]
        return [
            warning("unreachable", f"{titled(record.node.type, record.path)}: {what}", mend, record.path)
            for record in lost
        ]


def examine(graph: Graph) -> Examination:
    """Examine a graph; never raises."""
    return Examination(with_handles(graph))


def name_outputs(record: Record) -> None:
    """Name what the rule gives; the last of the outputs may be missing."""
    assert record.facts is not None
    names = outputs_of(record.node)
    if names[:1] == ("out.*",):
        names = tuple(f"out.{n}" for n in range(len(record.facts.outputs)))
    record.outputs = dict(zip(names, record.facts.outputs, strict=False))


def _check_numbers(*tensors: Tensor) -> None:
    """Raises TooComplex where it cannot be written how many numbers a tensor holds."""
    for tensor in tensors:
        product(tensor.shape)


def _could_be(port: str, names: list[str]) -> bool:
    """Whether a layer that gives as many outputs as its settings say could have this one."""
    return any(name.endswith(".*") and port.startswith(name[:-1]) for name in names)


def _unknown_type(record: Record) -> Issue:
    similar = similar_type(record.node.type)
    mend = f"did you mean {similar}?" if similar else "choose one of the catalogue"
    what = f"{quoted(record.path)} is of type {quoted(record.node.type)}, which does not exist"
    return error("unknown_type", what, mend, record.path)
