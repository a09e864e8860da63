"""An architecture from its snapshot is the architecture, drawing, versions and all, and goes on like it."""

from datetime import timedelta
from functools import reduce
from typing import Any

from google.protobuf.message import Message

import blueprint
from services.graph.domain import Architecture, apply_edits, create, evolve, rename, save_version
from services.graph.snapshot import FORM
from services.graph.versions import VersionName
from tests.services.graph.examples import NOON, document, edits, move


def decided(state: Architecture, *commands: Any) -> Architecture:
    for command in commands:
        events: list[Message] = command(state)
        assert events
        state = reduce(evolve, events, state)
    return state


def moved(number: int) -> Any:
    return lambda state: apply_edits(state, 0, edits(move(number)), "ada", NOON + timedelta(seconds=number))


def saved(message: str) -> Any:
    return lambda state: save_version(state, state.revision, state.drawing, message, "ada", NOON)


def told(state: Architecture) -> tuple[object, ...]:
    """Everything about an architecture; its drawing as the document."""
    parts = [getattr(state, name) for name in state.__dataclass_fields__ if name != "drawing"]
    return (*parts, state.drawing.document, state.drawing.analysis_json)


def test_a_restored_architecture_is_the_same_and_stays_the_same():
    fork = VersionName("another", 3)
    state = decided(
        Architecture(),
        lambda _: create("a1", "p1", "", blueprint.parse(document()), "ada", NOON, fork),
        moved(1),
        saved("first"),
        lambda state: rename(state, "renamed", "ada", NOON),
        moved(2),
    )
    restored = FORM.decode(FORM.encode(state))
    assert told(restored) == told(state)
    later = (moved(3), saved("second"), lambda state: rename(state, "again", "ada", NOON))
    assert told(decided(restored, *later)) == told(decided(state, *later))
