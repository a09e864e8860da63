"""The errors a domain may raise: one sentence each, no status codes. `kernel.status` owns the table to gRPC."""


class DomainError(Exception):
    """Something a caller can be told in one sentence: what, where, and how to mend it.

    `reason` is a stable UPPER_SNAKE_CASE word for programs; the message is for people.
    """

    reason = "DOMAIN"

    def __init__(self, message: str, *, reason: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or type(self).reason
        self.field = field


class NotFound(DomainError):
    """There is no such thing, or not in the caller's tenant."""

    reason = "NOT_FOUND"


class Taken(DomainError):
    """A name that must be unique is in use."""

    reason = "ALREADY_EXISTS"


class Conflict(DomainError):
    """The thing has moved on since the caller looked: load it and decide again."""

    reason = "CONFLICT"


class Rejected(DomainError):
    """The request cannot be carried out as it stands: a bad argument (with `field`) or the wrong moment (without)."""

    reason = "REJECTED"


class Exhausted(DomainError):
    """A quota or a limit does not cover the request."""

    reason = "EXHAUSTED"


class TooMany(Exhausted):
    """Asked for too often; asking again in `retry_seconds` may succeed."""

    reason = "TOO_MANY_ATTEMPTS"

    def __init__(
        self, message: str, *, reason: str | None = None, field: str | None = None, retry_seconds: float = 1.0
    ) -> None:
        super().__init__(message, reason=reason, field=field)
        self.retry_seconds = retry_seconds


class Unauthenticated(DomainError):
    """No valid proof of who is asking."""

    reason = "UNAUTHENTICATED"


class Denied(DomainError):
    """Who is asking is known and may not."""

    reason = "DENIED"


class Unavailable(DomainError):
    """A part this needs does not answer now; asking again in `retry_seconds` may succeed."""

    reason = "UNAVAILABLE"

    def __init__(self, message: str, *, reason: str | None = None, retry_seconds: float = 1.0) -> None:
        super().__init__(message, reason=reason)
        self.retry_seconds = retry_seconds


class StaleStream(Conflict):
    """An append found its stream at another version than expected."""

    reason = "STALE_STREAM"


class KeyReused(Rejected):
    """An idempotency key came back with another request."""

    reason = "IDEMPOTENCY_KEY_REUSED"
