"""What can be wrong with a network, said in one sentence: what, where, and how to mend it.

Codes are public: `cycle`, `missing_input`, `too_many_inputs`, `unknown_port`, `shape_mismatch`,
`dtype_mismatch`, `bad_config`, `unknown_type`, `unknown_field`, `duplicate_id`, `dangling_edge`,
`unreachable`, `no_input`, `no_output`, `upstream`, `limit`.
"""

import re
from dataclasses import asdict, dataclass

from blueprint.codec import JSON
from blueprint.quoting import quoted

TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


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


def titled(type: str, path: str) -> str:
    """A node for people: "Conv2d `c1`"; `path` leads through the Blocks that hold it: `b/c1`."""
    return f"{type if TYPE_NAME.fullmatch(type) else 'Node'} {quoted(path)}"
