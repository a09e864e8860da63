"""A Block: a graph inside a node, examined with what enters the node, and counted as often as it is repeated."""

from typing import TYPE_CHECKING

from blueprint import memory
from blueprint.catalogue.layer import Facts, Layer, Tensor
from blueprint.catalogue.settings import read_config
from blueprint.catalogue.words import sizes
from blueprint.dimensions import Dim, TooComplex, equal, every, total
from blueprint.ports import HOLDERS
from blueprint.record import Given, Maker, Record

if TYPE_CHECKING:
    from blueprint.examination import Examination


def holds_graph(layer: Layer) -> bool:
    """Whether nodes of a type have a graph inside."""
    return layer.type in HOLDERS


def enter(record: Record, layer: Layer, given: Given) -> None:
    """An Input inside a Block: what it gives comes from outside, whatever shape it names itself."""
    record.config = read_config(layer, {"shape": [1], **record.node.config}, record.report)
    if given.tensor is None:
        record.failed = given.failed
    elif record.config is not None:
        record.config = {**record.config, "shape": given.tensor.shape, "dtype": given.tensor.dtype}
        record.facts = Facts((given.tensor,))
        record.learns = given.learns


def descend(record: Record, outer: "Examination") -> None:
    """Examine the graph of a Block, and tell its facts from those inside."""
    graph = record.node.graph
    if graph is None:
        record.report(False, "bad_config", "holds no graph", "draw its layers inside it")
        return
    known = outer.records
    entering = {port: (known[source], out) for port, source, out in record.sources if source in known}
    given = {
        id: _given(record, *entering[id]) if id in entering else Given(None, record.failed or record.path)
        for id in graph.input_ids
    }
    inner = outer.inside(graph, record.path, given)
    issues = inner.issues()
    record.issues += issues
    if record.config is None or record.failed is not None or any(issue.severity == "error" for issue in issues):
        return
    leaving = [inner.records[id].sources[0] for id in graph.output_ids]
    outputs = tuple(inner.records[source].outputs[port] for _, source, port in leaving)
    if record.copies > 1 and not _repeats(record, given, outputs):
        return
    record.inner = inner
    own = 1 if record.config.get("shared") else record.copies
    records = [each for each in inner.records.values() if each.facts]
    record.facts = Facts(
        outputs,
        params=own * sum(each.facts.params for each in records if each.facts),
        macs=record.copies * total([each.facts.macs for each in records if each.facts]),
    )
    record.trainable = own * sum(each.trainable for each in records)


def remember_inside(record: Record, outer: "Examination") -> None:
    """What a Block keeps for the backward pass: of what enters it, what a layer inside keeps; the rest is its own."""
    inner, graph = record.inner, record.node.graph
    assert inner is not None
    assert graph is not None
    entering = {port: outer.records[source].makers[out] for port, source, out in record.sources}
    record.learns = record.trainable > 0 or any(outer.records[source].learns for _, source, _ in record.sources)
    checkpointed = record.node.type == "GradCheckpoint"
    for port in graph.output_ids:
        _, source, out = inner.records[port].sources[0]
        maker = inner.records[source].makers[out]
        passes = maker is not None and maker[0] in entering and not checkpointed and record.copies == 1
        record.makers[port] = entering[maker[0]] if passes and maker else (record.node.id, port)
    if record.learns:
        kept = [maker for id, maker in entering.items() if checkpointed or inner.kept.get((id, "out"), 0)]
        record.kept = tuple(maker for maker in kept if maker)


def bytes_inside(record: Record, precision: str) -> Dim:
    """Bytes kept by what a Block made itself, in all its copies: each copy's output is the next one's input."""
    inner, graph = record.inner, record.node.graph
    assert inner is not None
    assert graph is not None
    if record.node.type == "GradCheckpoint" or not record.learns:
        return 0
    made = [each for each in inner.records.values() if each.node.type != "Input" and each.facts]
    once = total([memory.activation_bytes(each, inner.kept, precision) for each in made])
    if record.copies == 1:
        return once
    kept_input = any(inner.kept.get((id, "out"), 0) for id in graph.input_ids)
    passed_on = 0 if keeps_output(record, graph.output_ids[0]) or not kept_input else 1
    handed = memory.tensor_bytes(record.outputs[graph.output_ids[0]], precision)
    return total((record.copies * once, (record.copies - 1) * passed_on * handed))


def keeps_output(record: Record, port: str) -> bool:
    """Whether a layer inside keeps the tensor that a Block gives at a port."""
    inner = record.inner
    if inner is None or record.node.type == "GradCheckpoint":
        return False
    _, source, out = inner.records[port].sources[0]
    maker: Maker | None = inner.records[source].makers[out]
    return maker is not None and (inner.kept.get(maker, 0) > 0 or keeps_output(inner.records[maker[0]], maker[1]))


def _given(record: Record, source: Record, port: str) -> Given:
    tensor = source.outputs.get(port)
    return Given(tensor, record.failed or record.path, source.learns)


def _repeats(record: Record, given: dict[str, Given], outputs: tuple[Tensor, ...]) -> bool:
    """Whether the output can be the input of the next copy."""
    if len(given) != 1 or len(outputs) != 1:
        what = f"repeats {record.copies} times but has {len(given)} inputs and {len(outputs)} outputs"
        return record.report(False, "bad_config", what, "give it one Input and one Output, or set repeat to 1")
    (entering,) = (each.tensor for each in given.values())
    (leaving,) = outputs
    assert entering is not None
    alike = len(entering.shape) == len(leaving.shape) and entering.dtype == leaving.dtype
    try:
        fine = alike and every(*map(equal, entering.shape, leaving.shape))
    except TooComplex as excess:
        return record.report(False, "limit", str(excess), "name fewer sizes")
    if fine is True:
        return True
    differ = "differs" if fine is False else "may differ"
    shapes = f"its output {sizes(leaving.shape)} {differ} from its input {sizes(entering.shape)}"
    what = f"repeats {record.copies} times but {shapes}"
    return record.report(fine, "shape_mismatch", what, "give both the same shape and dtype, or set repeat to 1")
