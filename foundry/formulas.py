"""The formula of a Lambda in PyTorch, written from what was read of it through a fixed table, never copied."""

from blueprint.catalogue.formula import Term, parse_expression

FUNCTIONS = {
    "abs": "torch.abs({0})",
    "clamp": "torch.clamp({0}, {1}, {2})",
    "cos": "torch.cos({0})",
    "exp": "torch.exp({0})",
    "gelu": "F.gelu({0})",
    "log": "torch.log({0})",
    "maximum": "torch.maximum({0}, {1})",
    "mean": "torch.mean({0}, -1, keepdim=True)",
    "minimum": "torch.minimum({0}, {1})",
    "relu": "torch.relu({0})",
    "sigmoid": "torch.sigmoid({0})",
    "silu": "F.silu({0})",
    "sin": "torch.sin({0})",
    "softmax": "torch.softmax({0}, -1)",
    "softplus": "F.softplus({0})",
    "sqrt": "torch.sqrt({0})",
    "sum": "torch.sum({0}, -1, keepdim=True)",
    "tanh": "torch.tanh({0})",
}
OPERATORS = ("+", "-", "*", "/", "**", "@")


def phrase(expression: str) -> str:
    """A checked formula as a phrase of its inputs: "{in.0} * torch.sigmoid({in.1})"."""
    return _written(parse_expression(expression).term)


def _written(term: Term) -> str:
    match term.kind:
        case "number":
            return repr(float(term.text) if "." in term.text or "e" in term.text else int(term.text))
        case "input":
            return f"{{in.{int(term.text)}}}"
        case "function":
            return FUNCTIONS[term.text].format(*map(_written, term.parts))
    assert term.text in OPERATORS
    parts = [f"({_written(part)})" if part.kind == "operator" else _written(part) for part in term.parts]
    return f" {term.text} ".join(parts) if len(parts) == 2 else f"-{parts[0]}"
