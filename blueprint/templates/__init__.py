"""Networks to start from, each a function of a few numbers. They are drawn on a grid of 32 pixels."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from blueprint.codec import DocumentError
from blueprint.document import Graph
from blueprint.quoting import quoted
from blueprint.templates.template import Parameter, Template

__all__ = ["Parameter", "Template", "instantiate", "templates"]

FAMILIES = (
    "digits",
    "classic",
    "resnet",
    "inception",
    "mobile",
    "densenet",
    "convnext",
    "pixels",
    "recurrent",
    "language",
    "vision",
    "games",
)


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order to show them; their modules are imported when they are first asked for."""
    families = [import_module(f"{__name__}.{family}") for family in FAMILIES]
    return tuple(template for family in families for template in family.TEMPLATES)


def instantiate(name: str, parameters: Mapping[str, object] | None = None) -> Graph:
    """The graph of a template. Raises DocumentError, which says what there is to choose from."""
    template = next((template for template in templates() if template.name == name), None)
    if template is None:
        names = ", ".join(template.name for template in templates())
        raise DocumentError(f"there is no template {quoted(str(name))}; there are {names}")
    return template.instantiate(dict(parameters or {}))
