"""Expressions of rules, from Python's syntax tree to TypeScript text."""

import ast
import json
from collections.abc import Callable

from blueprint.typescript.unportable import Unportable, camel
from blueprint.typescript.vocabulary import ARITHMETIC, BUILTINS, EQUALITY, METHODS, ORDER, RUNTIME, SEQUENCES


class Expressions:
    """Translates the expressions of one module; `resolve` knows what a name of the module means."""

    def __init__(self, path: str, resolve: Callable[[str], str | None], runtime: set[str]) -> None:
        self.path = path
        self.resolve = resolve
        self.runtime = runtime
        self.locals: set[str] = set()

    def refuse(self, node: ast.AST, what: str, instead: str) -> Unportable:
        return Unportable(self.path, node, what, instead)

    def use(self, name: str) -> str:
        """A function of the TypeScript runtime, to be imported."""
        self.runtime.add(name)
        return name

    def value(self, node: ast.expr) -> str:
        """The TypeScript of an expression."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise self.refuse(node, type(node).__name__, "use what blueprint.typescript lists")
        return str(method(node))

    def test(self, node: ast.expr) -> str:
        """An expression where only its truth counts, as Python sees it."""
        match node:
            case ast.BoolOp():
                return "(" + f" {self._operator(node)} ".join(map(self.test, node.values)) + ")"
            case ast.UnaryOp(op=ast.Not()):
                return f"!{self.test(node.operand)}"
            case ast.Compare() | ast.Constant():
                return self.value(node)
            case ast.Call(func=ast.Name(id="all" | "any" | "isinstance")):
                return self.value(node)
        return f"{self.use('truth')}({self.value(node)})"

    def _constant(self, node: ast.Constant) -> str:
        match node.value:
            case None:
                return "null"
            case bool() | str():
                return json.dumps(node.value, ensure_ascii=False)
            case int():
                return str(node.value) if abs(node.value) < 2**53 else f"{node.value}n"
            case float():
                return repr(node.value)
        raise self.refuse(node, f"the constant {node.value!r}", "use texts, numbers, True, False or None")

    def _name(self, node: ast.Name) -> str:
        if node.id in self.locals:
            return local(node.id)
        found = self.resolve(node.id)
        if found is None:
            raise self.refuse(node, f"the name {node.id}", "import it from blueprint.catalogue or blueprint.dimensions")
        return found

    def _attribute(self, node: ast.Attribute) -> str:
        return f"{self.value(node.value)}.{camel(node.attr)}"

    def _tuple(self, node: ast.Tuple | ast.List) -> str:
        return f"[{', '.join(map(self.value, node.elts))}]"

    _list = _tuple

    def _starred(self, node: ast.Starred) -> str:
        return f"...{self.value(node.value)}"

    def _dict(self, node: ast.Dict) -> str:
        entries = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                entries.append(f"...{self.value(value)}")
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                entries.append(f"{json.dumps(key.value)}: {self.value(value)}")
            else:
                raise self.refuse(node, "a dict with computed keys", "use constant texts as keys")
        return f"({{{', '.join(entries)}}} as any)"

    def _subscript(self, node: ast.Subscript) -> str:
        owner = self.value(node.value)
        match node.slice:
            case ast.Slice(lower=lower, upper=upper, step=None):
                low = self.value(lower) if lower else "0"
                return f"{owner}.slice({low}{f', {self.value(upper)}' if upper else ''})"
            case ast.Slice():
                raise self.refuse(node, "a slice with a step", "use reversed, or a comprehension over range")
            case ast.Constant(value=str(key)):
                return f"{owner}[{json.dumps(key)}]"
            case ast.Constant(value=int(index)) if index >= 0:
                return f"{owner}[{index}]"
        return f"{self.use('at')}({owner}, {self.value(node.slice)})"

    def _binop(self, node: ast.BinOp) -> str:
        name = ARITHMETIC.get(type(node.op))
        if name is None:
            raise self.refuse(node, f"the operator {type(node.op).__name__}", "use + - * // % only")
        if any(isinstance(side, SEQUENCES) for side in (node.left, node.right)):
            raise self.refuse(node, "joining lists by +", "write (*a, *b) or a comprehension")
        if any(_is_text(side) for side in (node.left, node.right)):
            raise self.refuse(node, "joining texts by +", "write an f-string")
        return f"{self.use(name)}({self.value(node.left)}, {self.value(node.right)})"

    def _unaryop(self, node: ast.UnaryOp) -> str:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()) as number):
                return f"-{self._constant(number)}"
            case ast.UnaryOp(op=ast.USub()):
                return f"{self.use('neg')}({self.value(node.operand)})"
            case ast.UnaryOp(op=ast.Not()):
                return self.test(node)
        raise self.refuse(node, f"the operator {type(node.op).__name__}", "use - or not")

    def _operator(self, node: ast.BoolOp) -> str:
        return "&&" if isinstance(node.op, ast.And) else "||"

    def _boolop(self, node: ast.BoolOp) -> str:
        return "(" + f" {self._operator(node)} ".join(map(self.value, node.values)) + ")"

    def _compare(self, node: ast.Compare) -> str:
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Call) for side in sides[1:-1]):
            raise self.refuse(node, "a chain of comparisons around a call", "name the value in the middle first")
        steps = zip(sides, node.ops, sides[1:], strict=False)
        parts = [self._comparison(node, left, operator, right) for left, operator, right in steps]
        return parts[0] if len(parts) == 1 else "(" + " && ".join(parts) + ")"

    def _comparison(self, node: ast.Compare, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> str:
        a, b = self.value(left), self.value(right)
        if type(operator) in ORDER:
            return f"({a} {ORDER[type(operator)]} {b})"
        if isinstance(operator, ast.In | ast.NotIn):
            found = f"{self.use('contains')}({b}, {a})"
            return found if isinstance(operator, ast.In) else f"!{found}"
        exact = isinstance(operator, ast.Is | ast.IsNot) or _is_plain(left) or _is_plain(right)
        if exact:
            return f"({a} {EQUALITY[type(operator)]} {b})"
        same = f"{self.use('same')}({a}, {b})"
        return same if isinstance(operator, ast.Eq) else f"!{same}"

    def _ifexp(self, node: ast.IfExp) -> str:
        return f"({self.test(node.test)} ? {self.value(node.body)} : {self.value(node.orelse)})"

    def _joinedstr(self, node: ast.JoinedStr) -> str:
        parts = []
        for part in node.values:
            match part:
                case ast.Constant(value=str(words)):
                    escaped = words.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
                    parts.append(escaped.replace("\n", "\\n"))
                case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                    parts.append(f"${{{self.use('text')}({self.value(value)})}}")
                case _:
                    raise self.refuse(node, "a format in an f-string", "format the value by a function of words")
        return f"`{''.join(parts)}`"

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> str:
        return self._comprehension(node, node.generators, lambda: self.value(node.elt), "map")

    _generatorexp = _listcomp

    def _comprehension(
        self, node: ast.expr, generators: list[ast.comprehension], body: Callable[[], str], method: str
    ) -> str:
        (first, *others) = generators
        source = self.value(first.iter)
        outer = set(self.locals)
        parameter = self.target(first.target)
        for condition in first.ifs:
            source += f".filter(({parameter}: any) => {self.test(condition)})"
        inner = self._comprehension(node, others, body, method) if others else body()
        self.locals = outer
        return f"{source}.{'flatMap' if others else method}(({parameter}: any) => {inner})"

    def target(self, node: ast.expr) -> str:
        """Names bound by a loop, now local."""
        match node:
            case ast.Name(id=name):
                self.locals.add(name)
                return local(name)
            case ast.Tuple(elts=parts):
                return "[" + ", ".join("" if _is_blank(part) else self.target(part) for part in parts) + "]"
        raise self.refuse(node, "this loop variable", "loop over names or tuples of names")

    def _call(self, node: ast.Call) -> str:
        match node.func:
            case ast.Name(id="all" | "any" as name):
                return self._quantified(node, "every" if name == "all" else "some")
            case ast.Name(id="isinstance"):
                return self._isinstance(node)
            case ast.Name(id=name) if name in BUILTINS and self.resolve(name) is None:
                self._check_keywords(node, name)
                arguments = [self.value(argument) for argument in node.args]
                written = BUILTINS[name](arguments)
                if "(" in written and written.split("(")[0].isidentifier():
                    self.use(written.split("(")[0])
                return written
            case ast.Attribute(value=owner, attr=method):
                if method not in METHODS:
                    raise self.refuse(node, f"the method {method}", f"use one of {', '.join(METHODS)}")
                if method == "count":
                    self.use("occurrences")
                try:
                    return METHODS[method](self.value(owner), [self.value(argument) for argument in node.args])
                except IndexError:
                    raise self.refuse(node, f"{method} without arguments", "give it what it needs") from None
        arguments = [self.value(argument) for argument in node.args]
        named = [f"{camel(keyword.arg or '')}: {self.value(keyword.value)}" for keyword in node.keywords]
        options = [f"{{ {', '.join(named)} }}"] if named else []
        return f"{self.value(node.func)}({', '.join(arguments + options)})"

    def _check_keywords(self, node: ast.Call, name: str) -> None:
        """`zip` is written with strict=True, as it does not look at lengths over there; the others have no keywords."""
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if name == "zip" and given != {"strict": "True"}:
            raise self.refuse(node, "zip of unequal lengths", "write strict=True")
        if name != "zip" and given:
            raise self.refuse(node, f"{name} with {', '.join(map(str, given))}", "leave it out")

    def _quantified(self, node: ast.Call, method: str) -> str:
        match node.args:
            case [ast.GeneratorExp(elt=body, generators=generators)]:
                return self._comprehension(node, generators, lambda: self.test(body), method)
            case [values]:
                return f"{self.value(values)}.{method}({self.use('truth')})"
        raise self.refuse(node, "this call", "give it one sequence")

    def _isinstance(self, node: ast.Call) -> str:
        checks = {"int": "isInt", "str": "isText", "bool": "isBoolean"}
        match node.args:
            case [value, ast.Name(id=name)] if name in checks:
                return f"{self.use(checks[name])}({self.value(value)})"
        raise self.refuse(node, "this isinstance", f"ask for one of {', '.join(checks)}")


def _is_plain(node: ast.expr) -> bool:
    """Whether a value compares by itself: a constant, or a negative number."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))


def local(name: str) -> str:
    """A local name on the other side."""
    spelt = camel(name) if name.strip("_") else "_"
    return f"{spelt}_" if spelt in RUNTIME else spelt


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_blank(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "_"
