"""Signing in through another provider: the browser is sent there and comes back, with a cookie that no other has.

The cookie is SameSite=Lax, as the way back begins at the provider; it holds the sealed flow with state, nonce and PKCE
verifier for ten minutes. What went wrong on the way is told to the studio as a word that it knows a sentence for.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.auth import endpoint
from gateway.context import authenticate, backend_of
from gateway.devices import device_of
from gateway.rates import Rates
from gateway.signed_in import set_cookie
from kernel.errors import DomainError, Unauthenticated
from neuralforge.workspace.v1 import service_pb2 as api

COOKIE = "nf_oauth"
PATH = "/auth/oauth"
SECONDS = 600
LONGEST = 4_000


class OAuth:
    """`public_url`: where browsers reach us; empty for whatever address a request names."""

    def __init__(self, rates: Rates, public_url: str) -> None:
        self._rates = rates
        self._public_url = public_url

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/auth/providers", self._providers, methods=["GET"]),
            Route(PATH + "/{provider}/start", self._told(self._start), methods=["GET"]),
            Route(PATH + "/{provider}/callback", self._told(self._callback), methods=["GET"]),
            Route(PATH + "/{provider}/link", endpoint(self._link), methods=["POST"]),
        ]

    async def _providers(self, request: Request) -> Response:
        backend = backend_of(request)
        answer = await backend.neighbours.call(backend.stubs.oauth.ListProviders, api.ListProvidersRequest(), token="")
        return _json({"providers": list(answer.providers)})

    async def _start(self, request: Request) -> Response:
        self._rates.count_sign_in(request)
        backend = backend_of(request)
        message = api.StartSignInRequest(provider=_provider(request), redirect_uri=self._redirect_uri(request))
        answer = await backend.neighbours.call(backend.stubs.oauth.StartSignIn, message, token="")
        return _keep(request, RedirectResponse(answer.authorization_url, 303), answer.flow)

    async def _link(self, request: Request, given: dict[str, str]) -> Response:
        """For the person whose grant is sent; the studio then goes where the answer says."""
        backend = backend_of(request)
        caller = await authenticate(backend, request.headers.get("authorization", ""))
        message = api.StartLinkRequest(provider=_provider(request), redirect_uri=self._redirect_uri(request))
        answer = await backend.neighbours.call(backend.stubs.oauth.StartLink, message, token=caller.token)
        return _keep(request, _json({"authorization_url": answer.authorization_url}), answer.flow)

    async def _callback(self, request: Request) -> Response:
        self._rates.count_sign_in(request)
        backend, code = backend_of(request), request.query_params.get("code", "")
        if not code:
            raise Unauthenticated("the provider sent no code", reason="CANCELLED")
        message = api.CompleteSignInRequest(
            provider=_provider(request),
            flow=request.cookies.get(COOKIE, "")[:LONGEST],
            state=request.query_params.get("state", "")[:LONGEST],
            code=code[:LONGEST],
            device=device_of(request),
        )
        answer = await backend.neighbours.call(backend.stubs.oauth.CompleteSignIn, message, token="")
        if answer.linked:
            return _done(f"/account?linked={message.provider}")
        backend.positions.saw(answer.user.id, "workspace", answer.position)
        response = _done("/sign-in?returned")
        set_cookie(request, response, answer.tokens)
        return response

    def _told(self, act: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """The act, for a browser on its own: a refusal brings it back to the studio."""

        async def serve(request: Request) -> Response:
            try:
                return await act(request)
            except DomainError as error:
                return _done(f"/sign-in?trouble={error.reason}")

        return serve

    def _redirect_uri(self, request: Request) -> str:
        own = self._public_url or f"{request.url.scheme}://{request.url.netloc}"
        return f"{own}{PATH}/{_provider(request)}/callback"


def _provider(request: Request) -> str:
    return str(request.path_params["provider"])[:40]


def _keep(request: Request, response: Response, flow: str) -> Response:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, flow, SECONDS, path=PATH, secure=secure, httponly=True, samesite="lax")
    response.headers["cache-control"] = "no-store"
    return response


def _done(place: str) -> Response:
    """Back to the studio, with nothing left of the flow."""
    response = RedirectResponse(place, 303)
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
    response.headers["cache-control"] = "no-store"
    return response


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json", headers={"cache-control": "no-store"})
