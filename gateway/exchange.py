"""POST /auth/exchange: the credential of a program or a guest in, a grant out; no session, no cookie."""

import time
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.auth import endpoint
from gateway.context import backend_of
from gateway.errors import Problem
from gateway.rates import Rates
from gateway.signed_in import role_name
from kernel.clock import moment
from neuralforge.workspace.v1 import service_pb2 as api

CREDENTIALS = ("api_key", "share_link", "public_project")


class Exchange:
    """What is asked for is counted per client address."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates

    @property
    def routes(self) -> list[Route]:
        return [Route("/auth/exchange", endpoint(self._exchange), methods=["POST"])]

    async def _exchange(self, request: Request, given: dict[str, str]) -> Response:
        self._rates.count_exchange(request)
        named = [name for name in CREDENTIALS if given.get(name)]
        if len(named) != 1:
            sentence = f"send exactly one of {', '.join(CREDENTIALS)} in the JSON body"
            raise Problem(400, "INVALID_REQUEST", sentence)
        backend, [name] = backend_of(request), named
        message = api.ExchangeRequest(**{name: given[name]})
        answer = await backend.neighbours.call(backend.stubs.grants.Exchange, message, token="")
        response = Response(orjson.dumps(_granted(answer)), media_type="application/json")
        response.headers["cache-control"] = "no-store"
        return response


def _granted(answer: api.ExchangeResponse) -> dict[str, Any]:
    """As a session is answered, but for the refresh token; who nobody is has no `user`."""
    user, organisation = answer.user, answer.organisation
    return {
        "access_token": answer.grant,
        "token_type": "Bearer",
        "expires_in": max(0, int(moment(answer.expires_at).timestamp() - time.time())),
        "role": role_name(organisation),
        "user": {"id": user.id, "email": user.email, "name": user.name} if user.id else None,
        "organisation": {"id": organisation.id, "name": organisation.name},
        "project": {"id": answer.project_id} if answer.project_id else None,
    }
