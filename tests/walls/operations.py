"""What an operation shows or changes, and so who may: the words in which `rpcs` and `fields` classify every one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import Any

from tests.walls.world import Things


class Kind(Enum):
    """OPEN needs no grant and ANYBODY any: neither shows anything of anybody's. OWN is about who calls.

    PROJECT names something of a project, which does not exist for whom the project is closed to; MANAGED is refused to
    some of the others too. FILTERED answers with what is left without it. ORGANISATION is about the caller's
    organisation as a whole. JOB is for the job named in the grant, SERVICE for services.
    """

    OPEN = auto()
    ANYBODY = auto()
    OWN = auto()
    PROJECT = auto()
    MANAGED = auto()
    FILTERED = auto()
    ORGANISATION = auto()
    JOB = auto()
    SERVICE = auto()


Value = Callable[[Things], Any]
PERSON: Value = attrgetter("person")
PROJECT: Value = attrgetter("project")
ARCHITECTURE: Value = attrgetter("architecture")
DATASET: Value = attrgetter("dataset")
RUN: Value = attrgetter("run")
EXPORT: Value = attrgetter("export")


@dataclass(frozen=True)
class Operation:
    """`given` are the request's fields, or the field's arguments: values, or which of the things' ids."""

    kind: Kind
    given: dict[str, Any]

    def values(self, things: Things) -> dict[str, Any]:
        return {name: value(things) if callable(value) else value for name, value in self.given.items()}


def of(kind: Kind) -> Callable[..., Operation]:
    return lambda **given: Operation(kind, given)


OPEN, ANYBODY, OWN, IN_PROJECT, MANAGED, FILTERED, ORGANISATION, JOB, SERVICE = map(of, Kind)
