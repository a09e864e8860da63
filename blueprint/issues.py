"""What can be wrong with a network, said in one sentence: what, where, and how to mend it.

Codes are public: `cycle`, `missing_input`, `too_many_inputs`, `unknown_port`, `shape_mismatch`,
`dtype_mismatch`, `bad_config`, `unknown_type`, `unknown_field`, `duplicate_id`, `dangling_edge`,
`unreachable`, `no_input`, `no_output`, `upstream`, `limit`.
"""

from dataclasses import asdict, dataclass

from blueprint.codec import JSON
from blueprint.document import Node
from blueprint.quoting import quoted


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong (severity `error`) or doubtful (`warning`); `hint` is the mending half of the message."""

    code: str
    severity: str
    node: str | None
    port: str | None
    message: str
    hint: str | None

    def to_json(self) -> dict[str, JSON]:
        """The issue as in contracts: code, severity, node, port, message, hint."""
        return asdict(self)


def error(code: str, what: str, mend: str, node: str | None = None, port: str | None = None) -> Issue:
    """Something that makes the network invalid."""
    return Issue(code, "error", node, port, f"{what}; {mend}", mend)


def warning(code: str, what: str, mend: str, node: str | None = None, port: str | None = None) -> Issue:
    """Something that may go wrong."""
    return Issue(code, "warning", node, port, f"{what}; {mend}", mend)


def titled(node: Node) -> str:
    """A node for people: "Conv2d `c1`"."""
    return f"{node.type if node.type.isidentifier() and len(node.type) <= 40 else 'Node'} {quoted(node.id)}"
