"""Signing in over HTTP: what is answered, what is refused, and what the cookie may do."""

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


async def test_guessing_passwords_is_slowed_down(opened: Opened) -> None:
    async with opened(sign_ins_per_minute=2) as visitor:
        statuses = [
            (await visitor.post("/auth/login", {"email": "a@example.com", "password": "x" * 12})).status_code
            for _ in range(3)
        ]
    assert statuses == [401, 401, 429]
