"""What cannot be translated, and how names are spelt on the other side."""

import ast

RESERVED = {
    "arguments", "await", "case", "catch", "class", "const", "debugger", "default", "delete", "do", "enum", "eval",
    "export", "extends", "function", "in", "instanceof", "interface", "let", "new", "null", "package", "private",
    "protected", "public", "static", "super", "switch", "this", "throw", "typeof", "undefined", "var", "void", "yield",
}  # fmt: skip


class Unportable(Exception):
    """Python that has no translation; says where, what, and what to write instead."""

    def __init__(self, path: str, node: ast.AST, what: str, instead: str) -> None:
        line = getattr(node, "lineno", 0)
        super().__init__(f"{path}:{line}: {what} cannot be translated to TypeScript; {instead}")


def camel(name: str) -> str:
    """`at_least` as `atLeast`; constants stay as they are; words TypeScript keeps for itself get a `_`."""
    if name.isupper():
        return name
    first, *others = name.strip("_").split("_")
    spelt = first + "".join(part[:1].upper() + part[1:] for part in others)
    return f"{spelt}_" if spelt in RESERVED else spelt
