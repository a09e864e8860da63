"""The modules of the catalogue, translated as far as the rules reach into them."""

import ast
import importlib
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

from blueprint.typescript.expressions import Expressions, local
from blueprint.typescript.statements import function
from blueprint.typescript.unportable import Unportable, camel

ROOM = "blueprint.catalogue"
# Written by hand in TypeScript: the functions a rule may import, by module.
BY_HAND = {
    "blueprint.dimensions": None,
    "blueprint.quotients": None,
    f"{ROOM}.layer": {"Facts": "facts", "Tensor": "tensor"},
}


@dataclass
class Source:
    """A module's definitions by name, and where its imported names come from."""

    name: str
    path: str
    definitions: dict[str, ast.stmt] = field(default_factory=dict)
    imported: dict[str, tuple[str, str, ast.stmt]] = field(default_factory=dict)


@dataclass
class Translation:
    """What has been translated so far: text by TypeScript name, in the order of need; functions of the runtime used."""

    sources: dict[str, Source] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    runtime: set[str] = field(default_factory=set)

    def require(self, module: str, name: str) -> str:
        """The TypeScript name of a definition, translated now if it was not before."""
        source = self._source(module)
        if name in source.imported:
            return self._imported(source, name)
        spelt = _spelling(module, name)
        owner = self.owners.setdefault(spelt, (module, name))
        definition = source.definitions[name]
        if owner != (module, name):
            what = f"{name}, which {owner[0]} has too,"
            raise Unportable(source.path, definition, what, "give one of the two another name")
        if spelt not in self.written:
            self.written[spelt] = ""
            self.written[spelt] = self._translated(source, definition, spelt)
        return spelt

    def _translated(self, source: Source, definition: ast.stmt, spelt: str) -> str:
        expressions = Expressions(source.path, self._resolver(source), self.runtime)
        match definition:
            case ast.FunctionDef():
                return function(definition, spelt, expressions)
            case ast.ClassDef():
                return _record(definition, spelt)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                return f"const {spelt}: any = {expressions.value(value)};"
        raise Unportable(source.path, definition, "this definition", "use a function or a constant")

    def _resolver(self, source: Source) -> Callable[[str], str | None]:
        def resolve(name: str) -> str | None:
            known = name in source.definitions or name in source.imported
            return self.require(source.name, name) if known else None

        return resolve

    def _imported(self, source: Source, name: str) -> str:
        module, original, statement = source.imported[name]
        if module in BY_HAND:
            names = BY_HAND[module]
            if names is not None and original not in names:
                raise Unportable(source.path, statement, f"{original} of {module}", f"rules may use {', '.join(names)}")
            spelt = camel(original) if names is None else names[original]
            self.runtime.add(spelt)
            return spelt
        if module.startswith(f"{ROOM}."):
            return self.require(module, original)
        raise Unportable(
            source.path, statement, f"the import of {module}", f"import from {ROOM} or blueprint.dimensions"
        )

    def _source(self, module: str) -> Source:
        if module not in self.sources:
            self.sources[module] = _read(importlib.import_module(module))
        return self.sources[module]


def _read(module: ModuleType) -> Source:
    source = Source(module.__name__, module.__name__.replace(".", "/") + ".py")
    for statement in ast.parse(inspect.getsource(module)).body:
        match statement:
            case ast.ImportFrom(module=str(origin), names=names):
                source.imported |= {alias.asname or alias.name: (origin, alias.name, statement) for alias in names}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                source.definitions[name] = statement
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                source.definitions[name] = statement
    return source


def _record(definition: ast.ClassDef, spelt: str) -> str:
    """A NamedTuple or dataclass without methods: a function that makes a plain object."""
    names = [
        line.target.id
        for line in definition.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    ]
    parameters = ", ".join(f"{camel(name)}: any" for name in names)
    return f"function {spelt}({parameters}): any {{\n  return {{ {', '.join(map(camel, names))} }};\n}}"


def _spelling(module: str, name: str) -> str:
    """Public names are one space, shared with the runtime; private ones belong to their module."""
    if not name.startswith("_"):
        return local(name)
    owner = module.rsplit(".", 1)[-1]
    return camel(f"{owner}_{name.strip('_')}") if not name.isupper() else f"{owner.upper()}{name}"


def literal(value: object) -> str:
    """Plain data as TypeScript."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
