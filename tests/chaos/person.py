"""Somebody who does not give up: asks again under the same key until there is an answer, and keeps every answer."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.moments import Moments

HEADERS = {"X-NF-Client": "neuralforge-chaos"}
PASSWORD = "correct horse battery"
AGAIN_SECONDS = 0.2
LOOK_SECONDS = 0.5
ANSWER_SECONDS = 15.0
RENEW_SECONDS = 30.0
UNDECIDED = ("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "PROJECTION_BEHIND", "UNAUTHENTICATED")
SIGN_INS_EXCEEDED = 429


class Refused(Exception):
    """The platform said no, which is an answer."""


class Gone(Exception):
    """No answer for as long as this person was willing to wait."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A command the platform said it had carried out: `id` is what it made or changed, `key` its idempotency key."""

    tenant: str
    command: str
    key: str
    id: str


@dataclass
class Person:
    """`ask` reads, `do` commands. `patience` is how many seconds one answer may take, all tries together."""

    url: str
    email: str
    moments: Moments
    patience: float = 240.0
    tenant: str = ""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    tries: int = 0
    refusals: list[str] = field(default_factory=list)
    _token: str = ""
    _renew_at: float = 0.0

    async def __aenter__(self) -> "Person":
        self._http = httpx.AsyncClient(base_url=self.url, headers=HEADERS, timeout=ANSWER_SECONDS, trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def sign_in(self) -> None:
        """Logs in, or registers; a registration whose answer was lost is found out by logging in."""
        self.moments.tell("asked register")
        await self._until_answered(self._signed_in)
        self.moments.tell("acknowledged register")

    async def do(self, command: str, document: str, key: str, /, **variables: Any) -> dict[str, Any]:
        """Carries out a command once, however often it takes; raises Refused."""
        self.moments.tell(f"asked {command}")
        answer = await self._until_answered(lambda: self._asked(document, variables | {"key": key}))
        made: dict[str, Any] = answer
        id = str(made.get("id") or variables.get("id") or "")
        self.acknowledged.append(Acknowledged(self.tenant, command, key, id))
        self.moments.tell(f"acknowledged {command}")
        return made

    async def told(self, document: str, /, **variables: Any) -> str:
        """What one try is told where it was not carried out; nothing where it was."""
        try:
            await self._asked(document, variables)
        except (httpx.HTTPError, Undecided, Refused) as error:
            return str(error) or repr(error)
        return ""

    async def ask(self, document: str, /, **variables: Any) -> Any:
        return await self._until_answered(lambda: self._asked(document, variables))

    async def until(self, document: str, done: Callable[[Any], bool], seconds: float, /, **variables: Any) -> Any:
        """The first answer that is `done`; raises Gone."""
        deadline = time.monotonic() + seconds
        while not done(answer := await self.ask(document, **variables)):
            if time.monotonic() > deadline:
                raise Gone(f"{self.email} waited {seconds:.0f} s for {document.split('(')[0]}; last: {answer}")
            await asyncio.sleep(LOOK_SECONDS)
        return answer

    async def _until_answered(self, attempt: Any) -> Any:
        deadline, last = time.monotonic() + self.patience, ""
        while time.monotonic() < deadline:
            self.tries += 1
            try:
                return await attempt()
            except (httpx.HTTPError, Undecided) as error:
                last = repr(error)
                self.refusals.append(last[:200])
            await asyncio.sleep(AGAIN_SECONDS)
        raise Gone(f"{self.email} had no answer for {self.patience:.0f} s; the last was {last}")

    async def _signed_in(self) -> None:
        login = await self._http.post("/auth/login", json={"email": self.email, "password": PASSWORD})
        if login.status_code != 200:
            _undecided(login)
            body = {"email": self.email, "password": PASSWORD, "name": self.email.partition("@")[0]}
            login = await self._http.post("/auth/register", json=body)
        if login.status_code != 200:
            raise Undecided(login.text)
        session = login.json()
        self.tenant, self._token = session["organisation"]["id"], f"Bearer {session['access_token']}"
        self._renew_at = time.monotonic() + session["expires_in"] - RENEW_SECONDS

    async def _asked(self, document: str, variables: dict[str, Any]) -> Any:
        if time.monotonic() > self._renew_at:
            await self._signed_in()
        body = {"query": document, "variables": variables}
        answer = await self._http.post("/graphql", json=body, headers={"Authorization": self._token})
        _undecided(answer)
        told = answer.json()
        for error in told.get("errors", ()):
            raise _spoken(error.get("extensions", {}).get("code", ""), error["message"])
        (value,) = told["data"].values()
        if isinstance(value, dict) and value.get("__typename") == "Refusal":
            raise _spoken(value["code"], value["message"])
        return value


class Undecided(Exception):
    """The platform could not say whether it did what it was asked: ask again."""


def _undecided(answer: httpx.Response) -> None:
    if answer.status_code >= 500 or answer.status_code == SIGN_INS_EXCEEDED:
        raise Undecided(f"{answer.status_code} {answer.text[:200]}")


def _spoken(code: str, message: str) -> Exception:
    sentence = f"{code}: {message}"
    return Undecided(sentence) if code in UNDECIDED else Refused(sentence)
