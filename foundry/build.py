"""A blueprint as a torch module, through torch.fx: as fast as handwritten code and free of its text."""

from operator import getitem

from torch import fx, nn

import blueprint
from foundry.layers import checkpointed, compiled, function_of, module_of, settings_of
from foundry.program import Line, Program, Value, ports_used, program
from foundry.spelling import by_port, is_attribute, is_module, taking


def build(graph: blueprint.Graph) -> nn.Module:
    """A freshly initialised module; several outputs come as a tuple, in the order of the plan.

    fx writes targets into code it compiles: they come from `program` and `layers`, never from the document.
    Raises FoundryError with the first issue of an invalid blueprint.
    """
    return _built(program(graph), "Network")


def _built(source: Program, name: str) -> nn.Module:
    modules = {line.name: _module(line) for line in source.lines if line.inside or is_module(line.type)}
    trace = fx.Graph()
    values: dict[Value, fx.Node] = {Value(name, "out"): trace.placeholder(name) for name in source.inputs}
    used = ports_used(source)
    for line in source.lines:
        _run(line, trace, values, used.get(line.name, []))
    results = tuple(values[value] for value in source.outputs)
    trace.output(results[0] if len(results) == 1 else results)
    return fx.GraphModule(nn.ModuleDict(modules), trace, name)


def _module(line: Line) -> nn.Module:
    if line.inside is None:
        return module_of(line.type, line.config)
    copies = line.config.get("repeat", 1)
    if copies == 1 or line.config.get("shared"):
        return _built(line.inside, "Block")
    return nn.ModuleList([_built(line.inside, "Block") for _ in range(copies)])


def _run(line: Line, trace: fx.Graph, values: dict[Value, fx.Node], used: list[str]) -> None:
    """Trace a line, and find what it gives at the ports that are used."""
    inputs = [(port, values[value]) for port, value in line.inputs]
    if line.inside:
        _run_block(line, trace, values, [value for _, value in inputs])
        return
    attributes = [port for port in used if is_attribute(line.type, port)]
    for port in attributes:
        values[Value(line.name, port)] = trace.get_attr(f"{line.name}.{port}")
    if attributes == used and used:
        return
    result = _called(line, trace, inputs)
    for port in used:
        if port not in attributes:
            values[Value(line.name, port)] = _taken(line, port, result, trace)


def _called(line: Line, trace: fx.Graph, inputs: list[tuple[str, fx.Node]]) -> fx.Node:
    if is_module(line.type):
        positional, named = by_port(line.type, dict(inputs), line.config)
        return trace.call_module(line.name, tuple(positional), named)
    function, settings = function_of(line.type, line.config, tuple(port for port, _ in inputs))
    return trace.call_function(function, tuple(value for _, value in inputs), settings)


def _taken(line: Line, port: str, result: fx.Node, trace: fx.Graph) -> fx.Node:
    """What a call gives at a port."""
    phrase = taking(line.type, port, line.ports)
    if phrase == "result":
        return result
    accessor = compiled(phrase.replace("result", "{result}"), ("result",))
    return trace.call_function(accessor, (result,), settings_of(phrase, line.config))


def _run_block(line: Line, trace: fx.Graph, values: dict[Value, fx.Node], inputs: list[fx.Node]) -> None:
    copies = line.config.get("repeat", 1)
    own = copies > 1 and not line.config.get("shared")
    for copy in range(copies):
        target = f"{line.name}.{copy}" if own else line.name
        if line.type == "GradCheckpoint":
            result = trace.call_function(checkpointed, (trace.get_attr(target), *inputs))
        else:
            result = trace.call_module(target, tuple(inputs))
        inputs = [result]
    for n, port in enumerate(line.ports):
        single = len(line.ports) == 1
        values[Value(line.name, port)] = result if single else trace.call_function(getitem, (result, n))
