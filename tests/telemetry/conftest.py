"""A gateway in front of real services, as the tests of the gateway have it; a collector that takes their spans."""

from collections.abc import Iterator

import pytest

from kernel import telemetry
from tests.gateway.conftest import opened, studio
from tests.services.conftest import hosted
from tests.telemetry.receiver import Receiver, receiving

__all__ = ["hosted", "opened", "studio"]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """This process, and the jobs it launches, send their spans there."""
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint)
        with telemetry.exported("tests"):
            yield receiver
