"""Signing in through Google and GitHub, each played by a stand-in: who gets in, who is linked, and what is refused."""

import secrets
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from kernel.errors import Unauthenticated
from services.workspace.oauth_flows import Flow, Flows, new_attempt
from tests.conftest import RunningServers
from tests.gateway.conftest import serving, visiting
from tests.gateway.provider import CLIENT, SECRET, StandIn, stand_in
from tests.gateway.web import CLIENT as HEADER
from tests.gateway.web import Visitor
from tests.services.platform import PASSWORD, platform

pytestmark = pytest.mark.asyncio(loop_scope="module")
BOTH = ("google", "github")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def provider() -> AsyncIterator[StandIn]:
    async with stand_in(serving) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    servers: RunningServers, tmp_path_factory: pytest.TempPathFactory, provider: StandIn
) -> AsyncIterator[Visitor]:
    """A gateway whose providers are all the stand-in."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("GOOGLE", "GITHUB"):
            environment.setenv(f"NF_OAUTH_{name}_ID", CLIENT)
            environment.setenv(f"NF_OAUTH_{name}_SECRET", SECRET)
        for name in ("GOOGLE_ISSUER", "GITHUB_URL", "GITHUB_API"):
            environment.setenv(f"NF_OAUTH_{name}", provider.base)
        folder = tmp_path_factory.mktemp("oauth")
        async with platform(servers.addresses, folder) as running, visiting(running) as visitor:
            visitor.platform = running
            yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def browser(gateway: Visitor, provider: StandIn) -> AsyncIterator[Visitor]:
    """A new browser, and at the providers a new person before it."""
    provider.person = somebody()
    provider.spoilt, provider.signing_key = {}, None
    async with httpx.AsyncClient(base_url=gateway.base, timeout=30, trust_env=False) as client:
        yield Visitor(gateway.base, client)


def somebody(**claims: object) -> dict[str, object]:
    id = secrets.token_hex(4)
    return {"sub": id, "email": f"{id}@example.com", "email_verified": True, "name": f"Person {id}"} | claims


async def come_back(browser: Visitor, provider: StandIn, name: str) -> str:
    """Starts, agrees at the provider, comes back; the place in the studio it ends at."""
    start = await browser.http.get(f"/auth/oauth/{name}/start")
    return await agree(browser, start.headers["location"])


async def agree(browser: Visitor, authorization_url: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as elsewhere:
        agreed = await elsewhere.get(authorization_url)
    assert agreed.status_code == 307, agreed.text
    back = await browser.http.get(agreed.headers["location"])
    assert back.status_code == 303
    return str(back.headers["location"])


async def refresh(browser: Visitor) -> httpx.Response:
    return await browser.http.post("/auth/refresh", headers=HEADER)


@pytest.mark.parametrize("name", BOTH)
async def test_a_newcomer_gets_an_account_and_comes_back_to_it(browser: Visitor, provider: StandIn, name: str) -> None:
    assert await come_back(browser, provider, name) == "/sign-in?returned"
    first = (await refresh(browser)).json()
    assert first["user"]["email"] == provider.person["email"]
    assert first["user"]["name"] == provider.person["name"]
    browser.http.cookies.clear()
    provider.person["email"] = f"moved-{provider.person['email']}"
    assert await come_back(browser, provider, name) == "/sign-in?returned"
    assert (await refresh(browser)).json()["user"] == first["user"]


async def test_the_way_there_carries_pkce_state_and_nonce_in_a_cookie_of_this_browser(browser: Visitor) -> None:
    start = await browser.http.get("/auth/oauth/google/start")
    assert start.status_code == 303
    asked = parse_qs(urlsplit(start.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) == len(asked["nonce"][0]) == 43
    assert asked["redirect_uri"] == [f"{browser.base}/auth/oauth/google/callback"]
    cookie = start.headers["set-cookie"]
    assert all(part in cookie for part in ("nf_oauth=", "HttpOnly", "SameSite=lax", "Path=/auth/oauth", "Max-Age=600"))
    assert asked["state"][0] not in cookie


async def test_which_providers_there_are(gateway: Visitor) -> None:
    assert (await gateway.http.get("/auth/providers")).json() == {"providers": ["github", "google"]}
    unknown = await gateway.http.get("/auth/oauth/myspace/start")
    assert unknown.headers["location"] == "/sign-in?trouble=NOT_FOUND"


@pytest.mark.parametrize("name", BOTH)
async def test_rejected_address_that_the_provider_has_not_verified(
    browser: Visitor, provider: StandIn, name: str
) -> None:
    provider.person["email_verified"] = False
    assert await come_back(browser, provider, name) == "/sign-in?trouble=REJECTED"
    assert "nf_refresh" not in browser.http.cookies


@pytest.mark.parametrize("name", BOTH)
async def test_an_account_with_a_password_is_linked_only_by_who_is_logged_in(
    browser: Visitor, provider: StandIn, name: str
) -> None:
    given = {"email": str(provider.person["email"]), "password": PASSWORD}
    session = (await browser.post("/auth/register", given)).json()
    browser.http.cookies.clear()
    assert await come_back(browser, provider, name) == "/sign-in?trouble=LINK_FIRST"
    bearer = {"authorization": f"Bearer {session['access_token']}"}
    link = await browser.http.post(f"/auth/oauth/{name}/link", headers=HEADER | bearer)
    assert await agree(browser, link.json()["authorization_url"]) == f"/account?linked={name}"
    browser.http.cookies.clear()
    assert await come_back(browser, provider, name) == "/sign-in?returned"
    assert (await refresh(browser)).json()["user"]["id"] == session["user"]["id"]


async def test_rejected_link_in_a_session_that_is_over(browser: Visitor) -> None:
    await browser.register("ada")
    await browser.http.post("/auth/logout", headers=HEADER)
    link = await browser.http.post("/auth/oauth/google/link", headers=HEADER | browser.bearer)
    assert link.status_code == 400
    assert link.json()["error"]["code"] == "SIGN_IN_AGAIN"


async def test_an_account_at_a_provider_is_linked_with_one_person_only(browser: Visitor, provider: StandIn) -> None:
    assert await come_back(browser, provider, "google") == "/sign-in?returned"
    browser.http.cookies.clear()
    await browser.register("eve")
    link = await browser.http.post("/auth/oauth/google/link", headers=HEADER | browser.bearer)
    assert await agree(browser, link.json()["authorization_url"]) == "/sign-in?trouble=ALREADY_EXISTS"


async def test_rejected_code_brought_back_by_another_browser(browser: Visitor, provider: StandIn) -> None:
    start = await browser.http.get("/auth/oauth/google/start")
    browser.http.cookies.clear()
    assert await agree(browser, start.headers["location"]) == "/sign-in?trouble=UNAUTHENTICATED"
    await browser.http.get("/auth/oauth/google/start")  # a flow of its own, with another state
    assert await agree(browser, start.headers["location"]) == "/sign-in?trouble=UNAUTHENTICATED"
    assert "nf_refresh" not in browser.http.cookies


async def test_rejected_flow_of_another_provider(browser: Visitor, provider: StandIn) -> None:
    start = await browser.http.get("/auth/oauth/google/start")
    state = parse_qs(urlsplit(start.headers["location"]).query)["state"][0]
    back = await browser.http.get(f"/auth/oauth/github/callback?code=x&state={state}")
    assert back.headers["location"] == "/sign-in?trouble=UNAUTHENTICATED"


async def test_a_code_is_good_once(browser: Visitor, provider: StandIn) -> None:
    start = await browser.http.get("/auth/oauth/google/start")
    cookie = browser.http.cookies["nf_oauth"]
    async with httpx.AsyncClient(trust_env=False) as elsewhere:
        place = (await elsewhere.get(start.headers["location"])).headers["location"]
    assert (await browser.http.get(place)).headers["location"] == "/sign-in?returned"
    browser.http.cookies.set("nf_oauth", cookie, path="/auth/oauth")
    assert (await browser.http.get(place)).headers["location"] == "/sign-in?trouble=UNAUTHENTICATED"


SPOILT: dict[str, dict[str, object]] = {
    "another audience": {"aud": "somebody else"},
    "another issuer": {"iss": "https://accounts.example.com"},
    "expired": {"exp": 1_000_000_000},
    "another nonce": {"nonce": "of an earlier sign-in"},
}


@pytest.mark.parametrize("what", SPOILT)
async def test_rejected_id_token_that_is_not_for_this_sign_in(browser: Visitor, provider: StandIn, what: str) -> None:
    provider.spoilt = SPOILT[what]
    assert await come_back(browser, provider, "google") == "/sign-in?trouble=UNAUTHENTICATED"


async def test_rejected_id_token_by_another_key(browser: Visitor, provider: StandIn) -> None:
    provider.signing_key = generate_private_key(65537, 2048)
    assert await come_back(browser, provider, "google") == "/sign-in?trouble=UNAUTHENTICATED"


async def test_who_cancels_at_the_provider_is_back_at_signing_in(browser: Visitor) -> None:
    await browser.http.get("/auth/oauth/google/start")
    back = await browser.http.get("/auth/oauth/google/callback?error=access_denied")
    assert back.headers["location"] == "/sign-in?trouble=CANCELLED"
    assert "Max-Age=0" in back.headers["set-cookie"]


async def test_a_person_without_a_password_deletes_the_account_after_a_fresh_sign_in(
    browser: Visitor, provider: StandIn
) -> None:
    await come_back(browser, provider, "google")
    browser.session = (await refresh(browser)).json()
    foreseen = (await browser.ask("{ accountDeletion { needsPassword obstacles deleted { name } } }"))[
        "accountDeletion"
    ]
    assert foreseen == {"needsPassword": False, "obstacles": [], "deleted": {"name": "Personal"}}
    deleted = (await browser.ask("mutation { deleteAccount { __typename } }"))["deleteAccount"]
    assert deleted == {"__typename": "AccountDeleted"}
    first = browser.session["user"]["id"]
    browser.http.cookies.clear()
    assert await come_back(browser, provider, "google") == "/sign-in?returned"
    assert (await refresh(browser)).json()["user"]["id"] != first


async def test_a_flow_is_good_for_ten_minutes() -> None:
    key = Fernet.generate_key()
    attempt = new_attempt("http://here/callback")
    sealed = msgspec.json.encode(Flow("google", attempt))
    fresh, stale = (Fernet(key).encrypt_at_time(sealed, int(time.time()) - age) for age in (500, 700))
    assert Flows(key).open(fresh.decode(), "google", attempt.state).attempt == attempt
    with pytest.raises(Unauthenticated, match="too long ago"):
        Flows(key).open(stale.decode(), "google", attempt.state)


PROVIDERS = "{ me { hasPassword providers } }"
UNLINK = 'mutation { unlinkProvider(provider: "google") { __typename ... on Refusal { message } } }'
SET = """mutation($new: String!) { changePassword(new: $new) {
  __typename ... on Account { hasPassword } ... on Refusal { message } } }"""


async def test_the_last_way_in_stays_until_there_is_a_password(browser: Visitor, provider: StandIn) -> None:
    await come_back(browser, provider, "google")
    browser.session = (await refresh(browser)).json()
    assert (await browser.ask(PROVIDERS))["me"] == {"hasPassword": False, "providers": ["google"]}
    refused = (await browser.ask(UNLINK))["unlinkProvider"]
    assert refused["message"].startswith("you could not sign in any more; set a password first")
    assert (await browser.ask(SET, new=PASSWORD))["changePassword"] == {"__typename": "Account", "hasPassword": True}
    assert (await browser.ask(UNLINK))["unlinkProvider"] == {"__typename": "Account"}
    login = {"email": str(provider.person["email"]), "password": PASSWORD}
    assert (await browser.post("/auth/login", login)).status_code == 200
    assert await come_back(browser, provider, "google") == "/sign-in?trouble=LINK_FIRST"
