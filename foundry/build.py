"""A blueprint as a torch module, through torch.fx: as fast as handwritten code and free of its text."""

from torch import fx, nn

import blueprint
from foundry.layers import FUNCTIONS, MODULES
from foundry.program import program
from foundry.spelling import arguments


def build(graph: blueprint.Graph) -> nn.Module:
    """A freshly initialised module; several outputs come as a tuple, in the order of the plan.

    fx writes targets into code it compiles: they come from `program` and `layers`, never from the document.
    Raises FoundryError with the first issue of an invalid blueprint.
    """
    source = program(graph)
    modules: dict[str, nn.Module] = {}
    trace = fx.Graph()
    values = {name: trace.placeholder(name) for name in source.inputs}
    for line in source.lines:
        inputs = tuple(values[name] for name in line.inputs)
        if line.type in MODULES:
            positional, named = arguments(line.type, line.config)
            modules[line.name] = MODULES[line.type](*positional, **named)
            values[line.name] = trace.call_module(line.name, inputs)
        else:
            values[line.name] = trace.call_function(FUNCTIONS[line.type], inputs, dict(line.config))
    results = tuple(values[name] for name in source.outputs)
    trace.output(results[0] if len(results) == 1 else results)
    return fx.GraphModule(nn.ModuleDict(modules), trace, "Network")
