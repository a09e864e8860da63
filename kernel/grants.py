"""Grants: short-lived statements, signed by `workspace`, of who may act as what in which tenant.

JWT with EdDSA. Claims: `sub`, `tenant`, `role`, `iat`, `exp`; `project` where the grant reaches that project only; for
jobs `job`, `attempt`; for API keys `key`; `sid` where a person's session holds the grant.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.errors import Denied, Unauthenticated
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.service_pb2 import VISIBILITY_ORGANISATION

ISSUER = "neuralforge/workspace"
GRANT_SECONDS = 300
MOST_CACHED = 10_000
PERSONS = (Role.ROLE_VIEWER, Role.ROLE_MEMBER, Role.ROLE_ADMIN, Role.ROLE_OWNER)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a verified token says. `key` is the id of the API key it was got by, `session` that of the session."""

    subject: str
    tenant: str
    role: int
    expires: float
    project: str = ""
    job: str = ""
    attempt: int = 0
    key: str = ""
    session: str = ""

    def claims(self, now: float) -> dict[str, Any]:
        """The JWT claims of this grant."""
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": self.subject,
            "tenant": self.tenant,
            "role": Role.Name(self.role).removeprefix("ROLE_").lower(),  # type: ignore[arg-type]
            "iat": int(now),
            "exp": int(self.expires),
        }
        if self.project or self.job:
            claims["project"] = self.project
        if self.job:
            claims |= {"job": self.job, "attempt": self.attempt}
        if self.key:
            claims["key"] = self.key
        if self.session:
            claims["sid"] = self.session
        return claims


def require(grant: Grant | None, roles: list[int], method: str) -> None:
    """Raises Unauthenticated or Denied unless one of `roles` covers the grant; persons' roles include lower ones."""
    if Role.ROLE_PUBLIC in roles:
        return
    if grant is None:
        raise Unauthenticated(f"{method} needs a grant; log in and send it as `authorization: Bearer <grant>`")
    least = min((role for role in roles if role in PERSONS), default=None)
    if grant.role in roles or (grant.role in PERSONS and least is not None and grant.role >= least):
        return
    wanted = " or ".join(_word(role) for role in roles) or "nobody"
    raise Denied(f"{method} is for {wanted}; this grant is a {_word(grant.role)}'s")


def may_touch(grant: Grant, project_id: str, visibility: int, created_by: str) -> bool:
    """Whether a grant reaches a project of its own tenant; to whom it does not, the project does not exist."""
    if grant.role == Role.ROLE_SERVICE:
        return True
    if grant.role == Role.ROLE_JOB or grant.project:
        return grant.project == project_id
    return grant.role >= Role.ROLE_ADMIN or visibility >= VISIBILITY_ORGANISATION or created_by == grant.subject


def _word(role: int) -> str:
    return Role.Name(role).removeprefix("ROLE_").lower()  # type: ignore[arg-type]


def sign(grant: Grant, key: Ed25519PrivateKey, key_id: str) -> str:
    """The grant as a compact JWT."""
    return jwt.encode(grant.claims(time.time()), key, algorithm="EdDSA", headers={"kid": key_id})


FetchKeys = Callable[[], Awaitable[Mapping[str, Ed25519PublicKey]]]


class Verifier:
    """Verifies tokens, and remembers each verdict until the token expires.

    Keys by id are those in `keys`; `workspace` is asked for one that is not among them.
    """

    def __init__(
        self,
        fetch_keys: FetchKeys,
        *,
        keys: Mapping[str, Ed25519PublicKey] = MappingProxyType({}),
        refetch_seconds: float = 5.0,
    ) -> None:
        self._fetch = fetch_keys
        self._keys = keys
        self._fetched = float("-inf")
        self._refetch_seconds = refetch_seconds
        self._known: OrderedDict[str, Grant] = OrderedDict()

    async def verify(self, token: str) -> Grant:
        """The grant in `token`; raises Unauthenticated saying what is wrong with it."""
        known = self._known.get(token)
        if known is None:
            known = await self._decode(token)
            self._known[token] = known
            if len(self._known) > MOST_CACHED:
                self._known.popitem(last=False)
        if known.expires <= time.time():
            self._known.pop(token, None)
            raise Unauthenticated("the grant has expired; refresh the session and call again", reason="GRANT_EXPIRED")
        return known

    async def _decode(self, token: str) -> Grant:
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid", ""))
            # `iat` is not checked: a clock some seconds behind would refuse every fresh grant.
            options: Any = {"require": ["exp", "sub"], "verify_iat": False}
            claims = jwt.decode(token, key, algorithms=["EdDSA"], issuer=ISSUER, options=options)
            return Grant(
                subject=claims["sub"],
                tenant=claims["tenant"],
                role=Role.Value(f"ROLE_{claims['role'].upper()}"),
                expires=claims["exp"],
                project=claims.get("project", ""),
                job=claims.get("job", ""),
                attempt=claims.get("attempt", 0),
                key=claims.get("key", ""),
                session=claims.get("sid", ""),
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated(
                "the grant has expired; refresh the session and call again", reason="GRANT_EXPIRED"
            ) from error
        except (jwt.InvalidTokenError, KeyError, ValueError, AttributeError) as error:
            raise Unauthenticated("the grant was not signed here or is damaged; log in again") from error

    async def _key(self, key_id: str) -> Ed25519PublicKey:
        if key_id not in self._keys and time.monotonic() - self._fetched > self._refetch_seconds:
            self._keys = await self._fetch()
            self._fetched = time.monotonic()
        return self._keys[key_id]
