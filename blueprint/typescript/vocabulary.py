"""Operators, builtins and methods that rules may use, and what they become in TypeScript."""

import ast
from collections.abc import Callable

ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
}
ORDER: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
EQUALITY: dict[type[ast.cmpop], str] = {ast.Eq: "===", ast.NotEq: "!==", ast.Is: "===", ast.IsNot: "!=="}

# Builtins by name: what they become, given the translated arguments.
BUILTINS: dict[str, Callable[[list[str]], str]] = {
    "len": lambda a: f"{a[0]}.length",
    "range": lambda a: f"range({', '.join(a)})",
    "zip": lambda a: f"zip({', '.join(a)})",
    "enumerate": lambda a: f"enumerate({', '.join(a)})",
    "sum": lambda a: f"total({a[0]})",
    "min": lambda a: f"minimum({', '.join(a) if len(a) > 1 else f'...{a[0]}'})",
    "max": lambda a: f"maximum({', '.join(a) if len(a) > 1 else f'...{a[0]}'})",
    "abs": lambda a: f"absolute({a[0]})",
    "str": lambda a: f"text({a[0]})",
    "tuple": lambda a: f"[...{a[0]}]",
    "list": lambda a: f"[...{a[0]}]",
    "sorted": lambda a: f"sorted({a[0]})",
    "reversed": lambda a: f"[...{a[0]}].reverse()",
    "set": lambda a: f"distinct({a[0]})",
    "int": lambda a: f"integer({a[0]})",
    "ord": lambda a: f"{a[0]}.charCodeAt(0)",
}
SEQUENCES = (ast.List, ast.Tuple, ast.ListComp)
# What portable.ts offers: a local name that hides one of these gets a `_`.
RUNTIME = {
    *("add", "sub", "mul", "floordiv", "mod", "neg", "absolute", "minimum", "maximum", "total", "product", "quotient"),
    *("equal", "atLeast", "every", "substitute", "symbol", "scaled", "text", "integer", "at", "same", "contains"),
    *("occurrences", "truth", "range", "zip", "enumerate", "sorted", "distinct", "isInt", "isText", "isBoolean"),
    *("facts", "tensor", "table"),
}

METHODS: dict[str, Callable[[str, list[str]], str]] = {
    "join": lambda owner, a: f"{a[0]}.join({owner})",
    "append": lambda owner, a: f"{owner}.push({a[0]})",
    "split": lambda owner, a: f"{owner}.split({a[0]})",
    "strip": lambda owner, a: f"{owner}.trim()",
    "replace": lambda owner, a: f"{owner}.replaceAll({a[0]}, {a[1]})",
    "startswith": lambda owner, a: f"{owner}.startsWith({a[0]})",
    "endswith": lambda owner, a: f"{owner}.endsWith({a[0]})",
    "count": lambda owner, a: f"occurrences({owner}, {a[0]})",
    "index": lambda owner, a: f"{owner}.indexOf({a[0]})",
    "pop": lambda owner, a: f"{owner}.pop()",
    "get": lambda owner, a: f"({owner}[{a[0]}] ?? {a[1] if len(a) > 1 else 'null'})",
}
