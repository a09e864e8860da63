"""A gateway in front of real services, as the tests of the gateway have it."""

from tests.gateway.conftest import opened, studio

__all__ = ["opened", "studio"]
