"""A stand-in for Google and GitHub that speaks their protocol over loopback HTTP: nobody real can be asked in a test.

It agrees to everything at once, and checks what the real ones check: client, secret, redirect, PKCE, codes used once.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from fastapi import FastAPI
from jwt.algorithms import RSAAlgorithm
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "our-client-id", "our-client-secret"


@dataclass
class StandIn:
    """`person`: the claims of whoever sits at the browser. `spoilt`: claims of the id_token to be got wrong."""

    person: dict[str, Any] = field(default_factory=dict)
    spoilt: dict[str, Any] = field(default_factory=dict)
    base: str = ""
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))
    signing_key: RSAPrivateKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def app(self) -> FastAPI:
        return FastAPI(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/authorize", self.authorize),
                Route("/login/oauth/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/login/oauth/access_token", self.token, methods=["POST"]),
                Route("/jwks", self.jwks),
                Route("/user", self.user),
                Route("/user/emails", self.emails),
            ]
        )

    async def configuration(self, request: Request) -> Response:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        found = {name: f"{self.base}/{path}" for name, path in names.items()}
        return JSONResponse({"issuer": self.base} | found)

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != CLIENT or asked.get("code_challenge_method") != "S256":
            return Response("unknown client, or no PKCE", 400)
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def token(self, request: Request) -> Response:
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if (
            request.headers.get("authorization") != basic
            or asked is None
            or given.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = secrets.token_urlsafe(8)
        self.tokens.add(token)
        answer = {"access_token": token, "token_type": "bearer"}
        return JSONResponse(answer | ({"id_token": self.id_token(asked["nonce"])} if "nonce" in asked else {}))

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.base, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        key = self.signing_key or self.key
        return jwt.encode(claims | self.person | self.spoilt, key, "RS256", {"kid": "one"})

    async def jwks(self, request: Request) -> Response:
        key = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [key | {"kid": "one", "alg": "RS256", "use": "sig"}]})

    async def user(self, request: Request) -> Response:
        if not self._known(request):
            return Response(status_code=401)
        return JSONResponse({"id": self.person["sub"], "login": "octocat", "name": self.person.get("name")})

    async def emails(self, request: Request) -> Response:
        if not self._known(request):
            return Response(status_code=401)
        email, verified = self.person.get("email"), self.person.get("email_verified", False)
        other = {"email": "other@example.com", "primary": False, "verified": True}
        return JSONResponse([other, {"email": email, "primary": True, "verified": verified}])

    def _known(self, request: Request) -> bool:
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens


@asynccontextmanager
async def stand_in(serving: Any) -> AsyncIterator[StandIn]:
    """The stand-in behind a real server."""
    found = StandIn()
    async with serving(found.app()) as found.base:
        yield found
