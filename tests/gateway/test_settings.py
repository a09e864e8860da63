"""What the gateway must be told, and how long it remembers what a session has written."""

import pytest

from gateway.positions import Positions
from gateway.settings import read_settings

ENOUGH = {
    "NF_NEIGHBOURS": "workspace=a:1,graph=b:2",
    "NF_NATS_URL": "nats://n:4222",
    "NF_S3_URL": "https://s3.example.com:9000",
}


def test_settings_come_from_the_environment() -> None:
    settings = read_settings(ENOUGH)
    assert settings.addresses == {"workspace": "a:1", "graph": "b:2"}
    assert (settings.s3_endpoint, settings.s3_secure) == ("s3.example.com:9000", True)
    assert not settings.development


@pytest.mark.parametrize("name", ENOUGH)
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(SystemExit, match=name):
        read_settings({key: value for key, value in ENOUGH.items() if key != name})


def test_positions_are_kept_by_session_and_context_and_never_go_back() -> None:
    positions = Positions()
    positions.saw("ada", "graph", 7)
    positions.saw("ada", "graph", 5)
    assert positions.after("ada", "graph") == 7
    assert positions.after("ada", "training") == 0
    assert positions.after("eve", "graph") == 0


def test_positions_are_forgotten_in_time_and_in_number() -> None:
    now = 0.0
    positions = Positions(most=2, seconds=10, clock=lambda: now)
    for number, session in enumerate(("a", "b", "c"), start=1):
        positions.saw(session, "graph", number)
    assert [positions.after(session, "graph") for session in ("a", "b", "c")] == [0, 2, 3]
    now = 10.0
    assert positions.after("c", "graph") == 0
