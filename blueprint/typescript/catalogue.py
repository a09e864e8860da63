"""The catalogue as TypeScript: ports and settings as data, rules as functions; apart from it help, and kinds."""

from dataclasses import fields as dataclass_fields
from typing import Any

from blueprint.catalogue import ALIASES, LAYERS, catalogue_hash
from blueprint.catalogue.aliases import type_of
from blueprint.catalogue.layer import Field, Layer, Port
from blueprint.typescript.modules import Translation, literal
from blueprint.typescript.unportable import camel

HEADER = """\
// Translated from blueprint/catalogue by `python -m blueprint.typescript`; never edited, never committed.
// @ts-nocheck: Python's types are checked before, and do not come along.
"""
# What the engine in TypeScript needs of the catalogue beside the rules.
SHARED = (("checks", "FLOATING"), ("checks", "DTYPES"), ("checks", "ITEM_BYTES"), ("words", "sizes"))


def catalogue_typescript() -> str:
    """The text of web/src/blueprint/catalogue.ts; raises Unportable where a rule leaves what can be translated."""
    translation = Translation()
    rules = {type: translation.require(layer.rule.__module__, layer.rule.__name__) for type, layer in LAYERS.items()}
    shared = [translation.require(f"blueprint.catalogue.{module}", name) for module, name in SHARED]
    aliases = {name: [type, dict(implied)] for name, (type, implied) in ALIASES.items()}
    table = _Fields()
    rows = [_row(layer, rules[type], table) for type, layer in LAYERS.items()]
    functions = [text for text in translation.written.values() if text.startswith("function")]
    constants = [text for text in translation.written.values() if text.startswith("const")]
    return "\n".join(
        [
            HEADER,
            f'import {{ {", ".join(sorted({*translation.runtime, "table"}))} }} from "./portable.js";',
            "",
            *constants,
            *functions,
            "",
            f"const FIELDS = {literal(table.rows)};",
            f"export const LAYERS = table(FIELDS, [\n{chr(10).join(rows)}\n]);",
            f"export const ALIASES: Record<string, [string, Record<string, any>]> = {literal(aliases)};",
            f"export const CATALOGUE_HASH = {literal(catalogue_hash())};",
            f"export {{ {', '.join(shared)} }};",
            "",
        ]
    )


def help_typescript() -> str:
    """The text of web/src/blueprint/help.ts: what layers and their settings are for, loaded when somebody asks."""
    texts = sorted({field.help for layer in LAYERS.values() for field in layer.fields})
    places = {text: place for place, text in enumerate(texts)}
    rows = {type: [layer.doc, *(places[field.help] for field in layer.fields)] for type, layer in LAYERS.items()}
    return "\n".join(
        [
            HEADER,
            f"const TEXTS = {literal(texts)};",
            f"const ROWS: Record<string, any[]> = {literal(rows)};",
            "",
            "/** By type: what a layer does, then what each of its settings means, in their order. */",
            "export const HELP: ReadonlyMap<string, readonly string[]> = new Map(",
            "  Object.entries(ROWS).map(([type, [doc, ...own]]) => [type, [doc, ...own.map((at) => TEXTS[at])]]),",
            ");",
            "",
        ]
    )


def kinds_typescript() -> str:
    """The text of web/src/blueprint/kinds.ts: all that a small picture needs to know of layers."""
    types: dict[str, list[str]] = {}
    for name in (*LAYERS, *ALIASES):
        if layer := LAYERS.get(type_of(name)):
            types.setdefault(layer.category, []).append(name)
    return "\n".join(
        [
            HEADER,
            f"const TYPES: Record<string, string[]> = {literal(types)};",
            "",
            "/** The category of each type, by its name and by the other names that people write. */",
            "export const CATEGORY_OF: ReadonlyMap<string, string> = new Map(",
            "  Object.entries(TYPES).flatMap(([category, types]) => types.map((type) => [type, category])),",
            ");",
            "",
        ]
    )


class _Fields:
    """Settings told once however many layers share them."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.places: dict[str, int] = {}

    def place(self, field: Field) -> int:
        row = _changed(field)
        key = literal(row)
        if key not in self.places:
            self.places[key] = len(self.rows)
            self.rows.append(row)
        return self.places[key]


def _row(layer: Layer, rule: str, table: _Fields) -> str:
    places = [table.place(field) for field in layer.fields]
    ports = [port.name if port == Port(port.name) else _changed(port) for port in layer.inputs]
    data = [layer.type, layer.category, ports, layer.outputs, layer.parameters, places]
    return f"  [{literal(data)[1:-1]},{rule}],"


def _changed(value: Field | Port) -> dict[str, Any]:
    """What differs from the defaults, help left out."""
    return {
        camel(each.name).rstrip("_"): getattr(value, each.name)
        for each in dataclass_fields(value)
        if getattr(value, each.name) != each.default and each.name != "help"
    }
