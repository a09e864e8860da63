"""Signing in over HTTP: what is answered, what is refused, and what the cookie may do."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import Opened
from tests.gateway.web import CLIENT, Visitor
from tests.services.platform import PASSWORD


async def test_registering_answers_a_session_and_keeps_the_refresh_token_from_scripts(visitor: Visitor) -> None:
    answer = await visitor.register("ada")
    session = answer.json()
    assert session["token_type"] == "Bearer"
    assert 200 < session["expires_in"] <= 300
    assert session["user"]["name"] == "ada"
    assert session["organisation"]["id"]
    assert session["role"] == "owner"
    cookie = answer.headers["set-cookie"]
    assert session["refresh_token"] in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/auth" in cookie
    assert answer.headers["cache-control"] == "no-store"


async def test_logging_in_opens_another_session(ada: Visitor) -> None:
    answer = await ada.post("/auth/login", {"email": ada.session["user"]["email"], "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["user"] == ada.session["user"]
    assert answer.json()["refresh_token"] != ada.session["refresh_token"]


async def test_refresh_by_cookie_rotates_the_token(ada: Visitor) -> None:
    answer = await ada.http.post("/auth/refresh", headers=CLIENT)
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != ada.session["refresh_token"]
    assert answer.json()["user"] == ada.session["user"]


async def test_refresh_by_cookie_needs_the_client_header(ada: Visitor) -> None:
    answer = await ada.http.post("/auth/refresh")
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "send the header X-NF-Client with the name of your client"


async def test_refresh_by_body_needs_no_cookie(ada: Visitor) -> None:
    ada.http.cookies.clear()
    answer = await ada.post("/auth/refresh", {"refresh_token": ada.session["refresh_token"]})
    assert answer.status_code == 200


async def test_logging_out_ends_the_session(ada: Visitor) -> None:
    assert (await ada.http.post("/auth/logout", headers=CLIENT)).status_code == 204
    answer = await ada.post("/auth/refresh", {"refresh_token": ada.session["refresh_token"]})
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "the session has ended; log in again"


async def test_a_wrong_password_is_401_and_a_taken_address_409(ada: Visitor) -> None:
    email = ada.session["user"]["email"]
    wrong = await ada.post("/auth/login", {"email": email, "password": "not the password"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "UNAUTHENTICATED")
    taken = await ada.post("/auth/register", {"email": email, "password": PASSWORD})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "ALREADY_EXISTS")


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "missing field": ({"json": {"email": "a@example.com"}}, 400, "password is missing; send it in the JSON body"),
    "not text": ({"json": {"email": 7}}, 400, "email must be text of at most 1000 characters"),
    "not an object": ({"json": ["a"]}, 400, "send a JSON object"),
    "not JSON": ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "the body is not JSON"),
    "a form": ({"data": {"email": "a"}}, 415, "send the body as JSON with `content-type: application/json`"),
    "large": ({"json": {"email": "x" * 20_000}}, 413, "the body has more than the 16384 bytes taken here; send less"),
}


@pytest.mark.parametrize("name", BAD)
async def test_malformed_requests_are_refused_in_one_sentence(visitor: Visitor, name: str) -> None:
    request, status, sentence = BAD[name]
    answer: httpx.Response = await visitor.http.post("/auth/login", **request)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].startswith(sentence)


async def test_a_bad_field_is_named(visitor: Visitor) -> None:
    answer = await visitor.post("/auth/register", {"email": "nobody", "password": PASSWORD})
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "email"


async def until_refused(post: Callable[[], Awaitable[httpx.Response]], at_least: int) -> httpx.Response:
    """The first 429, after `at_least` other answers; a few more where a window began anew meanwhile."""
    for taken in range(2 * at_least + 2):
        answer = await post()
        if answer.status_code == 429:
            assert taken >= at_least
            return answer
    raise AssertionError("nothing was refused")


async def test_guessing_passwords_is_slowed_down_with_a_word_on_when_to_come_back(opened: Opened) -> None:
    async with opened(sign_ins_per_minute=2) as visitor:
        guess = {"email": "a@example.com", "password": "x" * 12}
        answer = await until_refused(lambda: visitor.post("/auth/login", guess), 2)
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.json()["error"]["code"] == "TOO_MANY_ATTEMPTS"
        sentence = "more than 2 attempts to sign in from your network address within a minute; try again in "
        assert answer.json()["error"]["message"].startswith(sentence)


async def test_guesses_at_one_account_are_counted_from_wherever_they_come(opened: Opened) -> None:
    async with opened(trusted_hops=1) as visitor:
        await visitor.register("ada")
        guess = {"email": visitor.session["user"]["email"], "password": "not the password"}
        places = (f"203.0.113.{number}" for number in range(100))
        answer = await until_refused(
            lambda: visitor.post("/auth/login", guess, **{"x-forwarded-for": next(places)}), 10
        )
        assert "attempts at the password of this account" in answer.json()["error"]["message"]
        assert (await visitor.http.post("/auth/refresh", headers=CLIENT)).status_code == 200


async def test_the_right_password_gives_the_guesses_back(ada: Visitor) -> None:
    email = ada.session["user"]["email"]
    for password in (["not the password"] * 4 + [PASSWORD]) * 3:
        answer = await ada.post("/auth/login", {"email": email, "password": password})
        assert answer.status_code == (200 if password == PASSWORD else 401)


async def test_requests_of_one_person_are_counted_over_http_and_websocket(opened: Opened) -> None:
    async with opened(requests_per_minute=2) as visitor:
        await visitor.register("ada")
        query = "{ me { user { name } } }"
        answer = await until_refused(lambda: visitor.send(query), 2)
        assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_ATTEMPTS"
        assert int(answer.headers["retry-after"]) >= 1
        async with visitor.connected() as socket:
            told: dict[str, Any] = {}
            for number in range(6):
                await socket.subscribe(str(number), query)
                while (told := await socket.next())["type"] not in ("complete", "error"):
                    pass
                if told["type"] == "error":
                    break
            assert told["payload"][0]["extensions"]["code"] == "TOO_MANY_ATTEMPTS"
        await visitor.register("eve")
        assert (await visitor.send(query)).status_code == 200


SESSIONS = "{ sessions { id device current } }"
REVOKE = """mutation($id: ID!) { revokeSession(id: $id) {
  __typename ... on OpenSessions { sessions { id } } ... on Refusal { code message } } }"""


async def test_sessions_are_listed_by_device_and_ended_one_by_one(ada: Visitor) -> None:
    credentials = {"email": ada.session["user"]["email"], "password": PASSWORD}
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    phone = (await ada.post("/auth/login", credentials, **{"user-agent": firefox})).json()
    found = (await ada.ask(SESSIONS))["sessions"]
    assert sorted((each["device"], each["current"]) for each in found) == [("", True), ("Firefox on Linux", False)]
    other = next(each for each in found if not each["current"])
    left = (await ada.ask(REVOKE, id=other["id"]))["revokeSession"]
    assert [each["id"] for each in left["sessions"]] == [each["id"] for each in found if each["current"]]
    assert (await ada.post("/auth/refresh", {"refresh_token": phone["refresh_token"]})).status_code == 401
    refused = (await ada.ask(REVOKE, id="nothing"))["revokeSession"]
    assert refused["code"] == "NOT_FOUND"


async def test_logging_out_everywhere_ends_every_session(ada: Visitor) -> None:
    credentials = {"email": ada.session["user"]["email"], "password": PASSWORD}
    phone = (await ada.post("/auth/login", credentials)).json()
    answer = await ada.http.post("/auth/logout-everywhere", headers=CLIENT | ada.bearer)
    assert answer.status_code == 204
    assert "nf_refresh=" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    for session in (phone, ada.session):
        ended = await ada.post("/auth/refresh", {"refresh_token": session["refresh_token"]})
        assert ended.status_code == 401


async def test_a_cookie_alone_logs_nobody_out_everywhere(ada: Visitor) -> None:
    assert (await ada.http.post("/auth/logout-everywhere", headers=CLIENT)).status_code == 401
    assert (await ada.http.post("/auth/refresh", headers=CLIENT)).status_code == 200
