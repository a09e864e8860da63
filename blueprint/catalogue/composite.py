"""Layers made of others."""

from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, layer


@layer(
    "Block",
    "composite",
    "A network of its own, drawn inside; its Inputs and Outputs are the ports.",
    Field(
        "repeat", "integer", "Copies in a row; more than one need one input and one output alike.", default=1, minimum=1
    ),
    Field("shared", "boolean", "Let all copies use the same parameters.", default=False),
    inputs=(),
    outputs=(),
    torch="{in}",
    example=Example({}, (), ()),
)
@layer(
    "GradCheckpoint",
    "composite",
    "A Block that keeps only its inputs and computes the rest again in the backward pass (Chen et al. 2016).",
    inputs=(),
    outputs=(),
    torch="{in}",
    example=Example({}, (), ()),
)
def block(c: Config, report: Report) -> Facts:
    """The engine examines what is inside (`blueprint.nesting`)."""
    return Facts(())
