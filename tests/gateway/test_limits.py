"""Hostile GraphQL requests: each is turned away before it costs anything, with a sentence of its own."""

import re

import httpx
import pytest

from gateway.limits import parse_within_limits
from tests.gateway.web import CLIENT, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")
OK = "{ plans { name } }"
HOSTILE = {
    "bytes": (
        "#" * 100_001 + "\n{ a }",
        "the GraphQL document has 100007 bytes; at most 20000 are taken (long values are variables)",
    ),
    "tokens": ("{" + "a " * 1_001 + "}", "the GraphQL document has more than 1000 tokens"),
    "nesting": ("{a" * 400 + "}" * 400, "the GraphQL document nests deeper than 15 levels"),
    "nested values": ("{a(b:" + "[" * 400, "the GraphQL document nests deeper than 15 levels"),
    "nesting by fragments": (
        "{...F0}"
        + "".join(f"fragment F{n} on Query{{...F{n + 1}}}" for n in range(50))
        + "fragment F50 on Query{me{user{id}}}",
        "the GraphQL document nests deeper than 15 levels",
    ),
    "aliases": ("{" + " ".join(f"a{n}:me{{user{{id}}}}" for n in range(31)) + "}", "uses more than 30 aliases"),
    "aliases by fragments": (
        "{" + "...A " * 11 + "} fragment A on Query { a:me{user{id}} b:me{user{id}} c:me{user{id}} }",
        "the GraphQL document uses more than 30 aliases",
    ),
    "directives": ("{me " + "@skip(if:true)" * 21 + "{user{id}}}", "the GraphQL document uses more than 20 directives"),
    "fields": ("{" + "__typename " * 301 + "}", "the GraphQL document selects more than 300 fields"),
    "exponential fragments": (
        "{...F0}"
        + "".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(10))
        + "fragment F10 on Query{me{user{id}}}",
        "the GraphQL document selects more than 300 fields",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_before_validation(name: str) -> None:
    document, sentence = HOSTILE[name]
    with pytest.raises(Exception, match=re.escape(sentence)) as refused:
        parse_within_limits(document)
    assert refused.value.message.endswith("; split the request")  # type: ignore[attr-defined]


async def test_hostile_documents_are_400_over_http(passer_by: Visitor) -> None:
    for name, (document, sentence) in HOSTILE.items():
        if name == "bytes":  # of somebody unknown not even the body would be read
            await passer_by.register("ada")
        answer = await passer_by.send(document)
        assert answer.status_code == 400, name
        (error,) = answer.json()["errors"]
        assert sentence in error["message"]
        assert error["extensions"]["code"] == "LIMIT"


async def post(passer_by: Visitor, content: bytes, **headers: str) -> httpx.Response:
    given = {"content-type": "application/json"} | CLIENT | {k.replace("_", "-"): v for k, v in headers.items()}
    return await passer_by.http.post("/graphql", content=content, headers=given)


BODIES = {
    "batch": (b'[{"query": "{ me { user { id } } }"}]', 400, "batches are not taken; send one operation per request"),
    "not JSON": (b"{", 400, "the body is not JSON"),
    "no query": (b"{}", 400, 'send {"query": text'),
    "query no text": (b'{"query": 7}', 400, 'send {"query": text'),
    "variables no object": (b'{"query": "{ a }", "variables": []}', 400, 'send {"query": text'),
    "syntax": (b'{"query": "{"}', 400, "Syntax Error"),
    "unknown operation": (b'{"query": "query A { plans { name } }", "operationName": "B"}', 400, "name one of"),
    "subscription": (
        b'{"query": "subscription { architectureEdits(architectureId: 1) { __typename } }"}',
        400,
        "subscriptions are served over a WebSocket",
    ),
    "large": (b" " * 100_001, 413, "the body has more than the 100000 bytes taken here; send less"),
    "nested": (b"[" * 50_000, 400, "the body is not JSON"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_operation_is_one_sentence(passer_by: Visitor, name: str) -> None:
    body, status, sentence = BODIES[name]
    answer = await post(passer_by, body)
    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert error["message"].startswith(sentence)


async def test_a_form_is_no_graphql(passer_by: Visitor) -> None:
    answer = await post(passer_by, b"query=", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415


async def test_a_request_without_the_client_header_is_refused(passer_by: Visitor) -> None:
    answer = await passer_by.http.post("/graphql", json={"query": OK})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["message"] == "send the header X-NF-Client with the name of your client"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_post_is_taken(passer_by: Visitor, method: str) -> None:
    query = 'mutation { createProject(name: "x") { __typename } }'
    answer = await passer_by.http.request(method, "/graphql", params={"query": query}, headers=CLIENT)
    assert answer.status_code == 405
    assert answer.json()["errors"][0]["message"].startswith("send GraphQL as POST")
