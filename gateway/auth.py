"""POST /auth/{register,login,refresh,logout}: JSON in and out, the refresh token also as an HttpOnly cookie."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.bodies import json_body, require_client
from gateway.context import Backend, backend_of
from gateway.errors import Problem
from kernel.call import Call, enter
from kernel.clock import moment
from kernel.trace import child
from neuralforge.workspace.v1 import service_pb2 as api

COOKIE = "nf_refresh"
MOST_BYTES = 16 * 1024
MOST_CHARACTERS = 1_000
Answered = api.RegisterResponse | api.LogInResponse | api.RefreshResponse
Act = Callable[[Request, dict[str, str]], Awaitable[Response]]


class SignIn:
    """The four routes. Attempts to sign in are counted per client address."""

    def __init__(self, per_minute: int) -> None:
        self._limit = parse(f"{per_minute}/minute")
        self._attempts = MovingWindowRateLimiter(MemoryStorage())

    @property
    def routes(self) -> list[Route]:
        acts = {"register": self._register, "login": self._log_in, "refresh": self._refresh, "logout": self._log_out}
        return [Route(f"/auth/{name}", _endpoint(act), methods=["POST"]) for name, act in acts.items()]

    async def _register(self, request: Request, given: dict[str, str]) -> Response:
        self._count(request)
        message = api.RegisterRequest(
            email=_required(given, "email"), password=_required(given, "password"), name=given.get("name", "")
        )
        return await self._opened(request, "Register", message)

    async def _log_in(self, request: Request, given: dict[str, str]) -> Response:
        self._count(request)
        message = api.LogInRequest(email=_required(given, "email"), password=_required(given, "password"))
        return await self._opened(request, "LogIn", message)

    async def _refresh(self, request: Request, given: dict[str, str]) -> Response:
        token = _refresh_token(request, given)
        if not token:
            raise Problem(401, "UNAUTHENTICATED", "there is no session to refresh; log in", "refresh_token")
        return await self._opened(request, "Refresh", api.RefreshRequest(refresh_token=token))

    async def _log_out(self, request: Request, given: dict[str, str]) -> Response:
        if token := _refresh_token(request, given):
            await _call(backend_of(request), "LogOut", api.LogOutRequest(refresh_token=token))
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, path="/auth", httponly=True, samesite="strict")
        return response

    async def _opened(self, request: Request, method: str, message: Any) -> Response:
        """Calls, and answers with the session that is open now."""
        backend = backend_of(request)
        answer: Answered = await _call(backend, method, message)
        backend.positions.saw(answer.user.id, "workspace", answer.position)
        response = Response(orjson.dumps(_session(answer)), media_type="application/json")
        response.headers["cache-control"] = "no-store"
        response.set_cookie(
            COOKIE,
            answer.tokens.refresh_token,
            max_age=int(moment(answer.tokens.refresh_expires_at).timestamp() - time.time()),
            path="/auth",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    def _count(self, request: Request) -> None:
        address = request.client.host if request.client else "unknown"
        if not self._attempts.hit(self._limit, address):
            sentence = f"more than {self._limit.amount} attempts to sign in within a minute; wait a moment"
            raise Problem(429, "TOO_MANY_ATTEMPTS", sentence)


def _endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        trace = child(request.headers.get("traceparent", ""))
        enter(Call(f"auth {request.url.path}", traceparent=trace))
        return await act(request, await _given(request))

    return endpoint


async def _call(backend: Backend, method: str, message: Any) -> Any:
    return await backend.neighbours.call(getattr(backend.stubs.accounts, method), message, token="")


async def _given(request: Request) -> dict[str, str]:
    """The body's text fields; no body is an empty one, for refresh and logout by cookie."""
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    body = {} if empty and COOKIE in request.cookies else await json_body(request, MOST_BYTES)
    if not isinstance(body, dict):
        raise Problem(400, "INVALID_REQUEST", "send a JSON object")
    for name, value in body.items():
        if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
            raise Problem(400, "INVALID_REQUEST", f"{name} must be text of at most {MOST_CHARACTERS} characters", name)
    return body


def _required(given: dict[str, str], name: str) -> str:
    if not given.get(name):
        raise Problem(400, "INVALID_REQUEST", f"{name} is missing; send it in the JSON body", name)
    return given[name]


def _refresh_token(request: Request, given: dict[str, str]) -> str:
    """The token given, else the cookie's, which only our own client may use."""
    if token := given.get("refresh_token"):
        return token
    token = request.cookies.get(COOKIE, "")
    if token:
        require_client(request)
    return token


def _session(answer: Answered) -> dict[str, Any]:
    tokens, user, organisation = answer.tokens, answer.user, answer.organisation
    return {
        "access_token": tokens.grant,
        "token_type": "Bearer",
        "expires_in": max(0, int(moment(tokens.grant_expires_at).timestamp() - time.time())),
        "refresh_token": tokens.refresh_token,
        "user": {"id": user.id, "email": user.email, "name": user.name},
        "organisation": {"id": organisation.id, "name": organisation.name},
    }
