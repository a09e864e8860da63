"""Functions of rules, from Python's syntax tree to TypeScript text."""

import ast

from blueprint.typescript.expressions import Expressions, local


def function(node: ast.FunctionDef, spelt: str, expressions: Expressions) -> str:
    """The TypeScript of a function under a name."""
    parameters = [argument.arg for argument in node.args.args]
    if node.args.vararg or node.args.kwonlyargs or node.args.kwarg or node.args.defaults:
        raise expressions.refuse(node, "a parameter with a default, or * or **", "use plain parameters")
    assigned = sorted(_assigned(node) - set(parameters))
    expressions.locals = {*parameters, *assigned}
    signature = ", ".join(f"{local(parameter)}: any" for parameter in parameters)
    declared = [f"let {', '.join(f'{local(name)}: any' for name in assigned)};"] if assigned else []
    body = [*declared, *block(node.body, expressions)]
    expressions.locals = set()
    return f"function {spelt}({signature}): any {{\n" + "\n".join(f"  {line}" for line in body) + "\n}"


def block(statements: list[ast.stmt], expressions: Expressions) -> list[str]:
    """The lines of a block."""
    return [line for statement in statements for line in _statement(statement, expressions)]


def _statement(node: ast.stmt, e: Expressions) -> list[str]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return []
        case ast.Expr(value=ast.Call() as call):
            return [f"{e.value(call)};"]
        case ast.Return(value=None):
            return ["return null;"]
        case ast.Return(value=ast.expr() as value):
            return [f"return {e.value(value)};"]
        case ast.Assign(targets=[target], value=value):
            return [f"{_place(target, e)} = {e.value(value)};"]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return [f"{_place(target, e)} = {e.value(value)};"]
        case ast.AugAssign(target=ast.Name() as target, op=operator, value=value):
            return [f"{e.value(target)} = {e.value(ast.BinOp(target, operator, value, lineno=node.lineno))};"]
        case ast.If(test=test, body=body, orelse=orelse):
            return [f"if ({e.test(test)}) {{", *_indented(body, e), *_otherwise(orelse, e)]
        case ast.For(target=target, iter=source, body=body, orelse=[]):
            return [f"for ({_loop_target(target, e)} of {e.value(source)}) {{", *_indented(body, e), "}"]
        case ast.While(test=test, body=body, orelse=[]):
            return [f"while ({e.test(test)}) {{", *_indented(body, e), "}"]
        case ast.Break():
            return ["break;"]
        case ast.Continue():
            return ["continue;"]
    raise e.refuse(node, type(node).__name__, "use what blueprint.typescript lists")


def _otherwise(orelse: list[ast.stmt], e: Expressions) -> list[str]:
    match orelse:
        case []:
            return ["}"]
        case [ast.If() as other]:
            first, *rest = _statement(other, e)
            return [f"}} else {first}", *rest]
    return ["} else {", *_indented(orelse, e), "}"]


def _indented(statements: list[ast.stmt], e: Expressions) -> list[str]:
    return [f"  {line}" for line in block(statements, e)]


def _place(target: ast.expr, e: Expressions) -> str:
    match target:
        case ast.Name(id=name):
            return local(name)
        case ast.Tuple(elts=parts):
            return "[" + ", ".join(_place(part, e) for part in parts) + "]"
        case ast.Subscript(value=owner, slice=index):
            return f"{e.value(owner)}[{e.value(index)}]"
    raise e.refuse(target, "this assignment", "assign to names")


def _loop_target(target: ast.expr, e: Expressions) -> str:
    names = [target.id] if isinstance(target, ast.Name) else []
    return local(names[0]) if names else e.target(target)


def _assigned(node: ast.FunctionDef) -> set[str]:
    """Names bound by assignments and loops of a function, not by its comprehensions."""
    found: set[str] = set()
    for child in ast.walk(node):
        match child:
            case ast.Assign(targets=targets):
                found |= {name for target in targets for name in _names(target)}
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.For(target=target):
                found |= set(_names(target))
    return found


def _names(target: ast.expr) -> list[str]:
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Tuple(elts=parts):
            return [name for part in parts for name in _names(part)]
    return []
