"""The answer that opens or goes on with a session: JSON, and the refresh token as an HttpOnly cookie too."""

import time
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.bodies import require_client
from gateway.context import backend_of
from kernel.clock import moment
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api

COOKIE = "nf_refresh"
Answered = api.RegisterResponse | api.LogInResponse | api.RefreshResponse


def signed_in(request: Request, answer: Answered) -> Response:
    """What a script needs, and the cookie for the next page."""
    backend_of(request).positions.saw(answer.user.id, "workspace", answer.position)
    response = Response(orjson.dumps(session(answer)), media_type="application/json")
    response.headers["cache-control"] = "no-store"
    set_cookie(request, response, answer.tokens)
    return response


def set_cookie(request: Request, response: Response, tokens: api.Tokens) -> None:
    response.set_cookie(
        COOKIE,
        tokens.refresh_token,
        max_age=int(moment(tokens.refresh_expires_at).timestamp() - time.time()),
        path="/auth",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def signed_out() -> Response:
    """No content, and no cookie any more."""
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/auth", httponly=True, samesite="strict")
    return response


def shown_token(request: Request, given: dict[str, str]) -> str:
    """The refresh token given, else the cookie's, which only our own client may use."""
    if token := given.get("refresh_token"):
        return token
    token = request.cookies.get(COOKIE, "")
    if token:
        require_client(request)
    return token


def session(answer: Answered) -> dict[str, Any]:
    tokens, user, organisation = answer.tokens, answer.user, answer.organisation
    return {
        "access_token": tokens.grant,
        "token_type": "Bearer",
        "expires_in": max(0, int(moment(tokens.grant_expires_at).timestamp() - time.time())),
        "refresh_token": tokens.refresh_token,
        "role": role_name(organisation),
        "user": {"id": user.id, "email": user.email, "name": user.name},
        "organisation": {"id": organisation.id, "name": organisation.name},
    }


def role_name(organisation: api.Organisation) -> str:
    """What the grant lets its bearer do there: `viewer`, `member`, `admin` or `owner`."""
    return Role.Name(organisation.role).removeprefix("ROLE_").lower()
