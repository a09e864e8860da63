"""A sign-in on its way through a provider: kept by the browser itself, sealed, so that any replica can complete it."""

import secrets
from dataclasses import dataclass

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from kernel.errors import Unauthenticated
from services.workspace.providers import REFUSED, Attempt

SECONDS = 600


@dataclass(frozen=True, slots=True)
class Flow:
    """`user_id`: whom to link the account at the provider with; empty for signing in."""

    provider: str
    attempt: Attempt
    user_id: str = ""


def new_attempt(redirect_uri: str) -> Attempt:
    """43 characters of 256 random bits each; RFC 7636 asks a verifier for 43 to 128."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Attempt(state, nonce, verifier, redirect_uri)


class Flows:
    """Sealed by Fernet: AES-CBC and HMAC-SHA256 with the time of sealing."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, flow: Flow) -> str:
        return self._fernet.encrypt(msgspec.json.encode(flow)).decode()

    def open(self, sealed: str, provider: str, state: str) -> Flow:
        """The flow; raises Unauthenticated unless it was begun here lately, for that provider, with that state."""
        try:
            flow = msgspec.json.decode(self._fernet.decrypt(sealed.encode(), ttl=SECONDS), type=Flow)
        except (InvalidToken, msgspec.MsgspecError) as error:
            raise Unauthenticated("this sign-in was begun elsewhere, or too long ago; begin anew") from error
        if flow.provider != provider or not secrets.compare_digest(flow.attempt.state.encode(), state.encode()):
            raise Unauthenticated(REFUSED)
        return flow
