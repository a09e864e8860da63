"""POST /auth/{register,login,refresh,logout,logout-everywhere,forgot-password,reset-password}: JSON in and out.

The refresh token comes as an HttpOnly cookie too.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.bodies import json_body
from gateway.context import Backend, authenticate, backend_of
from gateway.devices import device_of
from gateway.errors import Problem
from gateway.rates import Rates
from gateway.signed_in import COOKIE, shown_token, signed_in, signed_out
from neuralforge.workspace.v1 import service_pb2 as api

MOST_BYTES = 16 * 1024
MOST_CHARACTERS = 1_000
Act = Callable[[Request, dict[str, str]], Awaitable[Response]]


class SignIn:
    """The routes by e-mail address and password. What each costs is counted per client address."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates

    @property
    def routes(self) -> list[Route]:
        acts = {
            "register": self._register,
            "login": self._log_in,
            "refresh": self._refresh,
            "logout": self._log_out,
            "logout-everywhere": self._log_out_everywhere,
            "forgot-password": self._forgot_password,
            "reset-password": self._reset_password,
        }
        return [Route(f"/auth/{name}", endpoint(act), methods=["POST"]) for name, act in acts.items()]

    async def _register(self, request: Request, given: dict[str, str]) -> Response:
        self._rates.count_sign_in(request)
        message = api.RegisterRequest(
            email=required(given, "email"),
            password=required(given, "password"),
            name=given.get("name", ""),
            device=device_of(request),
        )
        return signed_in(request, await call(backend_of(request), "Register", message))

    async def _log_in(self, request: Request, given: dict[str, str]) -> Response:
        self._rates.count_sign_in(request)
        message = api.LogInRequest(
            email=required(given, "email"), password=required(given, "password"), device=device_of(request)
        )
        return signed_in(request, await call(backend_of(request), "LogIn", message))

    async def _refresh(self, request: Request, given: dict[str, str]) -> Response:
        self._rates.count_refresh(request)
        token = shown_token(request, given)
        if not token:
            raise Problem(401, "UNAUTHENTICATED", "there is no session to refresh; log in", "refresh_token")
        message = api.RefreshRequest(refresh_token=token, organisation_id=given.get("organisation_id", ""))
        return signed_in(request, await call(backend_of(request), "Refresh", message))

    async def _log_out(self, request: Request, given: dict[str, str]) -> Response:
        if token := shown_token(request, given):
            await call(backend_of(request), "LogOut", api.LogOutRequest(refresh_token=token))
        return signed_out()

    async def _log_out_everywhere(self, request: Request, given: dict[str, str]) -> Response:
        """Of the person whose grant is sent; a cookie alone is not enough."""
        backend = backend_of(request)
        caller = await authenticate(backend, request.headers.get("authorization", ""))
        method = backend.stubs.sessions.LogOutEverywhere
        await backend.neighbours.call(method, api.LogOutEverywhereRequest(), token=caller.token)
        return signed_out()

    async def _forgot_password(self, request: Request, given: dict[str, str]) -> Response:
        """Answers the same whoever has that address."""
        self._rates.count_letter(request)
        backend, message = backend_of(request), api.RequestPasswordResetRequest(email=required(given, "email"))
        await backend.neighbours.call(backend.stubs.passwords.RequestPasswordReset, message, token="")
        return Response(status_code=202)

    async def _reset_password(self, request: Request, given: dict[str, str]) -> Response:
        """By the token of a mailed link."""
        self._rates.count_sign_in(request)
        backend = backend_of(request)
        message = api.ResetPasswordRequest(token=required(given, "token"), new_password=required(given, "password"))
        await backend.neighbours.call(backend.stubs.passwords.ResetPassword, message, token="")
        return signed_out()


def endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """The act as a route, given the body's text fields."""

    async def serve(request: Request) -> Response:
        return await act(request, await _given(request))

    return serve


async def call(backend: Backend, method: str, message: Any) -> Any:
    """A public method of the accounts."""
    return await backend.neighbours.call(getattr(backend.stubs.accounts, method), message, token="")


async def _given(request: Request) -> dict[str, str]:
    """The body's text fields; no body is an empty one, for those whom a cookie or a grant speaks for."""
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    speaks = COOKIE in request.cookies or "authorization" in request.headers
    body = {} if empty and speaks else await json_body(request, MOST_BYTES)
    if not isinstance(body, dict):
        raise Problem(400, "INVALID_REQUEST", "send a JSON object")
    for name, value in body.items():
        if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
            raise Problem(400, "INVALID_REQUEST", f"{name} must be text of at most {MOST_CHARACTERS} characters", name)
    return body


def required(given: dict[str, str], name: str) -> str:
    if not given.get(name):
        raise Problem(400, "INVALID_REQUEST", f"{name} is missing; send it in the JSON body", name)
    return given[name]
