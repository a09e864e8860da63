"""Networks to start from, each a function of a few numbers. They are drawn on a grid of 32 pixels."""

from collections.abc import Mapping

from blueprint.codec import DocumentError
from blueprint.document import Graph
from blueprint.quoting import quoted
from blueprint.templates import (
    classic,
    convnext,
    densenet,
    digits,
    games,
    inception,
    language,
    mobile,
    pixels,
    recurrent,
    resnet,
    vision,
)
from blueprint.templates.template import Parameter, Template

__all__ = ["Parameter", "Template", "instantiate", "templates"]

FAMILIES = (
    digits,
    classic,
    resnet,
    inception,
    mobile,
    densenet,
    convnext,
    pixels,
    recurrent,
    language,
    vision,
    games,
)
TEMPLATES: tuple[Template, ...] = tuple(template for family in FAMILIES for template in family.TEMPLATES)


def templates() -> tuple[Template, ...]:
    """All templates, in the order to show them."""
    return TEMPLATES


def instantiate(name: str, parameters: Mapping[str, object] | None = None) -> Graph:
    """The graph of a template. Raises DocumentError, which says what there is to choose from."""
    template = next((template for template in TEMPLATES if template.name == name), None)
    if template is None:
        names = ", ".join(template.name for template in TEMPLATES)
        raise DocumentError(f"there is no template {quoted(str(name))}; there are {names}")
    return template.instantiate(dict(parameters or {}))
