"""What is known of one node once it has been examined."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from blueprint.catalogue.layer import Config, Facts, Tensor
from blueprint.document import Node
from blueprint.issues import Issue, error, titled, warning
from blueprint.sockets import Source

if TYPE_CHECKING:
    from blueprint.examination import Examination


class Given(NamedTuple):
    """What an Input inside a Block gets: a tensor, or the path to blame for its absence."""

    tensor: Tensor | None
    failed: str | None = None
    learns: bool = False


# A tensor by the node and port that made it; a view has the maker of what it shows.
Maker = tuple[str, str]


@dataclass(slots=True)
class Record:
    """A node that failed has no facts but a path to blame.

    `makers` tells who made each output (None: a parameter). `kept` are the makers of tensors it keeps for the
    backward pass, beside what its facts name; `learns` whether a gradient passes through it.
    """

    node: Node
    path: str
    sources: tuple[Source, ...] = ()
    config: Config | None = None
    facts: Facts | None = None
    outputs: dict[str, Tensor] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    failed: str | None = None
    trainable: int = 0
    makers: dict[str, Maker | None] = field(default_factory=dict)
    kept: tuple[Maker, ...] = ()
    learns: bool = False
    inner: "Examination | None" = None

    @property
    def copies(self) -> int:
        """How often a Block is repeated; 1 for other nodes."""
        repeat: int = self.config.get("repeat", 1) if self.config else 1
        return repeat

    def report(self, verdict: bool | None, code: str, what: str, mend: str, /) -> bool:
        """Note an issue of this node, as `catalogue.layer.Report` says."""
        if verdict is not True:
            make = error if verdict is False else warning
            self.issues.append(make(code, f"{titled(self.node.type, self.path)}: {what}", mend, self.path))
        return verdict is not False
