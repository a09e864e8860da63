"""Google and GitHub as they are spoken to: OAuth 2 with PKCE (S256) by Authlib, and what each says of a person.

Of Google the signed id_token is believed, of GitHub its API's answer to the token. Either way an e-mail address counts
only where the provider says that it is verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx2
import jwt
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from kernel.errors import Unauthenticated, Unavailable

SECONDS = 10.0
REFUSED = "the provider does not confirm this sign-in; begin anew"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at a provider. `email` is a verified address, or empty."""

    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Client:
    """What a provider knows us by."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in: what the browser must bring back, what the provider must sign, and the proof kept from both."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class Provider(Protocol):
    async def authorization_url(self, attempt: Attempt) -> str:
        """Where the browser goes; raises Unavailable."""

    async def identity(self, attempt: Attempt, code: str) -> Identity:
        """Who came back with `code`; raises Unauthenticated or Unavailable."""


class Google:
    """OpenID Connect, by the issuer's own discovery document."""

    def __init__(self, client: Client, issuer: str) -> None:
        self._client = client
        self._issuer = issuer.rstrip("/")

    async def authorization_url(self, attempt: Attempt) -> str:
        discovered = await self._discovered()
        async with _oauth(self._client, attempt, "openid email profile") as oauth:
            return _url(oauth, discovered["authorization_endpoint"], attempt, nonce=attempt.nonce)

    async def identity(self, attempt: Attempt, code: str) -> Identity:
        discovered = await self._discovered()
        async with _oauth(self._client, attempt, "") as oauth:
            token = await _token(oauth, discovered["token_endpoint"], attempt, code)
        keys = await _get(discovered["jwks_uri"])
        claims = self._verified(token.get("id_token", ""), keys, attempt.nonce)
        verified = claims.get("email_verified") is True
        return Identity(claims["sub"], claims.get("email", "") if verified else "", claims.get("name", ""))

    def _verified(self, id_token: str, keys: Any, nonce: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(id_token).get("kid", "")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                jwt.PyJWKSet.from_dict(keys)[kid],
                algorithms=["RS256", "ES256"],
                audience=self._client.id,
                issuer=self._issuer,
                leeway=60,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise Unauthenticated(REFUSED) from error
        if claims.get("nonce") != nonce:
            raise Unauthenticated(REFUSED)
        return claims

    async def _discovered(self) -> Mapping[str, str]:
        found: Mapping[str, str] = await _get(f"{self._issuer}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise Unavailable("Google's configuration names another issuer; tell the operator")
        return found


class GitHub:
    """OAuth 2 and an API; `url` and `api` of GitHub itself, or of a GitHub Enterprise."""

    def __init__(self, client: Client, url: str, api: str) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._api = api.rstrip("/")

    async def authorization_url(self, attempt: Attempt) -> str:
        async with _oauth(self._client, attempt, "read:user user:email") as oauth:
            return _url(oauth, f"{self._url}/login/oauth/authorize", attempt)

    async def identity(self, attempt: Attempt, code: str) -> Identity:
        async with _oauth(self._client, attempt, "") as oauth:
            token = await _token(oauth, f"{self._url}/login/oauth/access_token", attempt, code)
        bearer = {"authorization": f"Bearer {token['access_token']}", "accept": "application/vnd.github+json"}
        user = await _get(f"{self._api}/user", bearer)
        addresses = await _get(f"{self._api}/user/emails", bearer)
        primary = [each["email"] for each in addresses if each.get("primary") and each.get("verified")]
        return Identity(str(user["id"]), primary[0] if primary else "", user.get("name") or user.get("login") or "")


def providers(environment: Mapping[str, str]) -> Mapping[str, Provider]:
    """Those whose NF_OAUTH_<NAME>_ID and _SECRET are set; raises SystemExit where one of the two is missing."""
    found: dict[str, Provider] = {}
    if client := _client(environment, "GOOGLE"):
        found["google"] = Google(client, environment.get("NF_OAUTH_GOOGLE_ISSUER") or "https://accounts.google.com")
    if client := _client(environment, "GITHUB"):
        url = environment.get("NF_OAUTH_GITHUB_URL") or "https://github.com"
        found["github"] = GitHub(client, url, environment.get("NF_OAUTH_GITHUB_API") or "https://api.github.com")
    return found


def _client(environment: Mapping[str, str], name: str) -> Client | None:
    id, secret = (environment.get(f"NF_OAUTH_{name}_{part}", "") for part in ("ID", "SECRET"))
    if bool(id) != bool(secret):
        raise SystemExit(f"NF_OAUTH_{name}_ID and NF_OAUTH_{name}_SECRET belong together; set both, or neither")
    return Client(id, secret) if id else None


def _oauth(client: Client, attempt: Attempt, scope: str) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        client.id,
        client.secret,
        scope=scope or None,
        redirect_uri=attempt.redirect_uri,
        code_challenge_method="S256",
        timeout=SECONDS,
    )


def _url(oauth: AsyncOAuth2Client, endpoint: str, attempt: Attempt, **more: str) -> str:
    url, _ = oauth.create_authorization_url(endpoint, state=attempt.state, code_verifier=attempt.verifier, **more)
    return str(url)


async def _token(oauth: AsyncOAuth2Client, endpoint: str, attempt: Attempt, code: str) -> Mapping[str, Any]:
    try:
        token: Mapping[str, Any] = await oauth.fetch_token(
            endpoint, code=code, code_verifier=attempt.verifier, headers={"accept": "application/json"}
        )
    except httpx2.TransportError as error:
        raise _silent() from error
    except (AuthlibBaseError, httpx2.HTTPError, ValueError) as error:
        raise Unauthenticated(REFUSED) from error
    if not token.get("access_token"):
        raise Unauthenticated(REFUSED)
    return token


async def _get(url: str, headers: Mapping[str, str] | None = None) -> Any:
    try:
        async with httpx2.AsyncClient(timeout=SECONDS) as client:
            return (await client.get(url, headers=headers)).raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as error:
        raise _silent() from error


def _silent() -> Unavailable:
    return Unavailable("the provider does not answer; try again in a moment, or sign in another way")
