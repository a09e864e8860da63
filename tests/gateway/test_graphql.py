"""GraphQL over HTTP: what is answered, what is refused as a union member, and what stays hidden."""

import re
import time
from pathlib import Path

import jwt
import pytest
from graphql import get_introspection_query

from gateway.context import Context
from kernel.grants import Grant, sign
from kernel.keys import GRANT_KEY, KeyRing
from neuralforge.access.v1.access_pb2 import Role
from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor

CREATE = """
mutation Create($name: String!, $key: String) {
  createProject(name: $name, key: $key) {
    __typename
    ... on Project { id name visibility createdBy }
    ... on Refusal { code message field }
  }
}
"""
PROJECTS = (
    "query($first: Int!, $after: String!) { projects(first: $first, after: $after) { nodes { name } nextPageToken } }"
)


async def test_me_is_who_signed_in(ada: Visitor) -> None:
    found = await ada.ask("{ me { user { id name email } organisations { id name role } } }")
    assert found["me"]["user"] == ada.session["user"]
    assert found["me"]["organisations"] == [ada.session["organisation"] | {"role": "OWNER"}]


async def test_a_mutation_is_seen_by_the_next_query_of_the_session(ada: Visitor) -> None:
    for number in range(5):
        created = (await ada.ask(CREATE, name=f"p{number}"))["createProject"]
        assert created["createdBy"] == ada.session["user"]["id"]
        listed = await ada.ask("{ projects { nodes { id } } }")
        assert listed["projects"]["nodes"][0]["id"] == created["id"]


async def test_pages_follow_one_another(ada: Visitor) -> None:
    for number in range(3):
        await ada.ask(CREATE, name=f"p{number}")
    first = (await ada.ask(PROJECTS, first=2, after=""))["projects"]
    second = (await ada.ask(PROJECTS, first=2, after=first["nextPageToken"]))["projects"]
    assert [node["name"] for node in first["nodes"] + second["nodes"]] == ["p2", "p1", "p0"]
    assert second["nextPageToken"] is None


async def test_a_refused_mutation_is_a_refusal_with_its_argument(ada: Visitor) -> None:
    await ada.ask(CREATE, name="vision")
    taken = (await ada.ask(CREATE, name="vision"))["createProject"]
    assert (taken["__typename"], taken["code"]) == ("Refusal", "ALREADY_EXISTS")
    empty = (await ada.ask(CREATE, name=""))["createProject"]
    assert (empty["__typename"], empty["field"]) == ("Refusal", "name")


async def test_a_mutation_sent_again_under_its_key_takes_effect_once(ada: Visitor) -> None:
    first = await ada.ask(CREATE, name="vision", key="once")
    again = await ada.ask(CREATE, name="vision", key="once")
    assert again == first
    reused = (await ada.ask(CREATE, name="other", key="once"))["createProject"]
    assert reused["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_what_is_not_found_is_null_with_a_sentence(ada: Visitor) -> None:
    answer = (await ada.send('{ project(id: "nothing") { name } }')).json()
    assert answer["data"] == {"project": None}
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert "nothing" in answer["errors"][0]["message"]


async def test_nobody_may_read_projects(visitor: Visitor) -> None:
    answer = (await visitor.send("{ projects { nodes { id } } }")).json()
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def signed(visitor: Visitor, grant: Grant) -> str:
    """The token only workspace could make of the grant."""
    key_id = jwt.get_unverified_header(visitor.session["access_token"])["kid"]
    return sign(grant, KeyRing(visitor.platform.folder / "keys").private(GRANT_KEY), key_id)


async def test_an_expired_grant_is_401_before_anything_runs(ada: Visitor) -> None:
    grant = Grant(ada.session["user"]["id"], ada.session["organisation"]["id"], Role.ROLE_OWNER, time.time() - 1)
    token = signed(ada, grant)
    answer = await ada.send("{ me { user { id } } }", authorization=f"Bearer {token}")
    assert answer.status_code == 401
    assert answer.json()["errors"][0] == {
        "message": "the grant has expired; refresh the session and call again",
        "extensions": {"code": "GRANT_EXPIRED"},
    }


async def test_a_forged_grant_is_401(ada: Visitor) -> None:
    answer = await ada.send("{ me { user { id } } }", authorization="Bearer a.b.c")
    assert answer.status_code == 401
    assert "not signed here" in answer.json()["errors"][0]["message"]


async def test_a_service_that_is_away_is_one_sentence(ada: Visitor) -> None:
    answer = (await ada.send("{ me { user { id } } templates { name } }")).json()
    assert answer["errors"][0]["path"] == ["templates"]
    assert answer["errors"][0]["message"].count("\n") == 0


async def test_an_unexpected_fault_is_masked_with_its_trace(ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"

    async def broken(*given: object, **named: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(Context, "ask", broken)
    answer = await ada.send("{ me { user { id } } }", traceparent=f"00-{trace}-b7ad6b7169203331-01")
    error = answer.json()["errors"][0]
    assert error["extensions"] == {"code": "INTERNAL"}
    assert trace in error["message"]
    assert "secret" not in answer.text


async def test_production_hides_the_schema(visitor: Visitor) -> None:
    introspection = (await visitor.send("{ __schema { types { name } } }")).json()
    assert "introspection" in introspection["errors"][0]["message"].lower()
    misspelt = (await visitor.send("{ mee { user { id } } }")).json()["errors"][0]["message"]
    assert misspelt == "Cannot query field 'mee' on type 'Query'."
    assert (await visitor.http.get("/graphql", headers={"accept": "text/html"})).status_code == 405


async def test_development_shows_it(opened: Opened) -> None:
    async with opened(development=True) as visitor:
        assert "__schema" in await visitor.ask(get_introspection_query())
        misspelt = (await visitor.send("{ mee { user { id } } }")).json()["errors"][0]["message"]
        assert "Did you mean" in misspelt
        page = await visitor.http.get("/graphql", headers={"accept": "text/html"})
    assert "x-nf-client" in page.text
    assert "type Query" in page.text
    assert not re.findall(r"<(script|link|img|iframe|style)|\s(src|href|on\w+)=", page.text)
    assert "script-src 'self';" in page.headers["content-security-policy"]


async def test_development_has_graphiql_where_it_was_built(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "graphiql").mkdir()
    (tmp_path / "graphiql" / "graphiql.html").write_text("<title>GraphiQL</title>")
    async with opened(development=True, studio=tmp_path) as visitor:
        page = await visitor.http.get("/graphql", headers={"accept": "text/html"})
    assert page.text == "<title>GraphiQL</title>"
    assert "script-src 'self'; style-src 'self'; font-src 'self' data:;" in page.headers["content-security-policy"]


async def test_numbers_of_the_schema_travel_as_text(visitor: Visitor) -> None:
    for bad in ('"12x"', "1.5", '"99999999999999999999"', "true"):
        query = f'{{ architecture(id: "a", revision: {bad}) {{ id }} }}'
        answer = await visitor.send(query)
        assert answer.status_code == 400, answer.text
        assert "BigInt" in answer.text
