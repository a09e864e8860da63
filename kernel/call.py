"""The call being served: who asks, and under which idempotency key. Set by the interceptor, read by services."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from google.protobuf.message import Message

from kernel.errors import Unauthenticated
from kernel.grants import Grant
from kernel.log import Key
from kernel.trace import current

Answer = TypeVar("Answer", bound=Message)


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `token` is the grant as it came, to be forwarded on the caller's behalf."""

    method: str
    grant: Grant | None = None
    token: str = ""
    key: Key | None = None

    @property
    def meta(self) -> Mapping[str, str]:
        """What events keep of why they happened: who caused them, in which trace."""
        known = {"traceparent": current(), "actor": self.grant.subject if self.grant else ""}
        return {name: text for name, text in known.items() if text}

    @property
    def caller(self) -> Grant:
        """The grant; raises Unauthenticated on a public method called without one."""
        if self.grant is None:
            raise Unauthenticated(f"{self.method} needs a grant; log in and send it as `authorization: Bearer <grant>`")
        return self.grant


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def current_call() -> Call:
    """The call this code runs for; an empty one in background work."""
    return _current.get() or Call(method="background")


def enter(call: Call) -> None:
    """Makes `call` the current one for this task."""
    _current.set(call)


def with_position(response: Answer, position: int) -> Answer:
    """Fills in the log position that every command's answer carries."""
    if "position" in response.DESCRIPTOR.fields_by_name:
        response.position = position  # type: ignore[attr-defined]
    return response
