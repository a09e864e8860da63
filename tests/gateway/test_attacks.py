"""The classic attacks on GraphQL: each is refused with a sentence, and what would cost is never reached.

What the refusals cost in CPU is measured by `python -m bench attacks`; here work is counted, not timed.
"""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from gateway import operations
from tests.gateway.hostile import BODIES, DOCUMENTS, body
from tests.gateway.web import CLIENT, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"content-type": "application/json"}


@dataclass
class Reached:
    """How often documents were validated and executed."""

    validated: int = 0
    executed: int = 0


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Reached:
    found = Reached()
    validate, execute = operations.validate, operations.execute  # type: ignore[attr-defined]

    def validating(*given: Any, **named: Any) -> Any:
        found.validated += 1
        return validate(*given, **named)

    def executing(*given: Any, **named: Any) -> Any:
        found.executed += 1
        return execute(*given, **named)

    monkeypatch.setattr(operations, "validate", validating)
    monkeypatch.setattr(operations, "execute", executing)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def member(passer_by: Visitor) -> Visitor:
    """Somebody signed in, whose bodies may be large."""
    await passer_by.register("ada")
    return passer_by


async def post(visitor: Visitor, content: bytes, **headers: str) -> httpx.Response:
    given = JSON | CLIENT | visitor.bearer | {name.replace("_", "-"): value for name, value in headers.items()}
    return await visitor.http.post("/graphql", content=content, headers=given)


def sentence_of(answer: httpx.Response) -> str:
    """The one error of an answer without data."""
    errors = answer.json()["errors"]
    assert len(errors) == 1, errors
    message: str = errors[0]["message"]
    assert "\n" not in message
    return message


TOO_DEEP = "the GraphQL document nests deeper than 15 levels"
TOO_MANY = "the GraphQL document selects more than 300 fields"
CIRCLE = "spreads itself, directly or through others; break the circle"
REPEATED = "more than 20 times at once"
BEFORE_VALIDATION = {
    "alias overload": "the GraphQL document uses more than 30 aliases",
    "one field many times": TOO_MANY,
    "field duplication with arguments": f"the GraphQL document selects 'project' {REPEATED}",
    "field duplication in the deep": TOO_MANY,
    "field duplication by inline fragments": f"the GraphQL document selects 'me' {REPEATED}",
    "field duplication by fragments": f"the GraphQL document selects 'me' {REPEATED}",
    "conflicting arguments": f"the GraphQL document selects 'projects' {REPEATED}",
    "directive overload": "the GraphQL document uses more than 20 directives",
    "circular fragments": CIRCLE,
    "circular fragments nobody spreads": CIRCLE,
    "circular mesh": CIRCLE,
    "deep nesting": TOO_DEEP,
    "deep lists": TOO_DEEP,
    "deep objects": TOO_DEEP,
    "deep types": TOO_DEEP,
    "deep fragments": TOO_DEEP,
    "fragment bomb": TOO_MANY,
    "wide fragment bomb": TOO_MANY,
    "empty fragment bomb": TOO_MANY,
    "fragment mesh": "the GraphQL document",
    "unused fragments that repeat": TOO_MANY,
    "whitespace": "the GraphQL document has 99012 bytes; at most 20000 are taken",
    "comments": "the GraphQL document has 64012 bytes; at most 20000 are taken",
    "comments within the limit of bytes": "the GraphQL document has more than 1000 tokens",
    "a long name": "the GraphQL document has 99002 bytes; at most 20000 are taken",
    "unicode outside of strings": "Syntax Error: Unexpected character: U+00E9.",
    "a zero character": "Syntax Error: Unexpected character: U+0000.",
    "lone surrogate by escape": "Syntax Error: Invalid Unicode escape sequence: '\\uD83D'.",
    "half a document": "Syntax Error: Expected Name, found",
}


@pytest.mark.parametrize("name", BEFORE_VALIDATION)
async def test_a_costly_document_is_refused_before_validation(member: Visitor, reached: Reached, name: str) -> None:
    answer = await post(member, BODIES[name])
    assert answer.status_code == 400
    assert BEFORE_VALIDATION[name] in sentence_of(answer)
    assert reached == Reached(validated=0, executed=0)


BEFORE_EXECUTION = {
    "conflicting aliases": "Fields 'x' conflict",
    "introspection": "introspection has been disabled",
    "circular introspection": "Maximum introspection depth exceeded",
    "introspection of a type": "introspection has been disabled",
    "unknown fields": "Cannot query field 'f0' on type 'Query'.",
    "unknown long fields": f"Cannot query field '{'a' * 400}",
    "unknown arguments": "Unknown argument 'a0' on field 'Query.project'.",
    "unknown directives": "Unknown directive '@d0'.",
    "one argument many times": "There can be only one argument named 'id'.",
    "unused fragments": "Fragment 'F0' is never used.",
    "unused variables": "Variable '$v0' is never used.",
    "variables of unknown types": "Variable '$v0' is never used.",
    "many operations of one name": "There can be only one operation named 'q'.",
    "many operations": "name one of the document's operations as `operationName`",
    "type definitions": "definition is not executable",
    "a long number": "Int",
}


@pytest.mark.parametrize("name", BEFORE_EXECUTION)
async def test_an_invalid_document_is_a_few_short_errors(member: Visitor, reached: Reached, name: str) -> None:
    answer = await post(member, BODIES[name])
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert BEFORE_EXECUTION[name] in " ".join(error["message"] for error in errors)
    assert len(errors) <= operations.MOST_FAULTS + 1
    assert len(answer.content) < 6_000
    assert "Did you mean" not in answer.text
    assert reached.executed == 0


async def test_a_valid_document_is_validated_once(member: Visitor, reached: Reached) -> None:
    for _ in range(20):
        assert (await post(member, body("{ me { user { id } } } # validated once"))).status_code == 200
    assert reached == Reached(validated=1, executed=20)


async def test_what_is_prepared_is_bounded(member: Visitor, reached: Reached) -> None:
    """The documents of somebody who varies them drive each other out; memory does not grow."""
    for number in range(operations.MOST_PREPARED + 1):
        await post(member, body("{ __typename }" + " " * number))
    await post(member, body("{ __typename }"))
    assert reached.validated == operations.MOST_PREPARED + 2


async def test_batches_are_not_taken(member: Visitor, reached: Reached) -> None:
    for name in ("batching", "an empty batch"):
        answer = await post(member, BODIES[name])
        assert answer.status_code == 400
        assert sentence_of(answer) == "batches are not taken; send one operation per request"
    assert reached == Reached()


@pytest.mark.parametrize(
    "query",
    ["{ me { user { id } } }", 'mutation { createProject(name: "x") { __typename } }', DOCUMENTS["introspection"]],
)
async def test_nothing_is_asked_by_get(member: Visitor, reached: Reached, query: str) -> None:
    for headers in (CLIENT | member.bearer, member.bearer | {"accept": "text/html"}):
        answer = await member.http.get("/graphql", params={"query": query}, headers=headers)
        assert answer.status_code == 405
        assert sentence_of(answer) == "send GraphQL as POST with a JSON body; other methods are not taken"
    assert reached == Reached()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""])
async def test_no_page_of_another_origin_can_ask(member: Visitor, reached: Reached, kind: str) -> None:
    """A form sends these types without asking first, and no header of ours; either is enough to be refused."""
    content = body('mutation { createProject(name: "x") { __typename } }')
    as_form = await post(member, content, content_type=kind)
    assert as_form.status_code == 415
    assert sentence_of(as_form) == "send the body as JSON with `content-type: application/json`"
    bare = await member.http.post("/graphql", content=content, headers={"content-type": kind or "text/plain"})
    assert bare.status_code == 403
    assert sentence_of(bare) == "send the header X-NF-Client with the name of your client"
    assert reached == Reached()


async def test_a_browser_is_not_let_in_from_elsewhere(member: Visitor) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    asked |= {"access-control-request-headers": "x-nf-client,content-type,authorization"}
    answer = await member.http.request("OPTIONS", "/graphql", headers=asked)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


NO_OPERATION = {
    "deep JSON": "the body is not JSON",
    "invalid UTF-8": "the body is not JSON",
    "overlong UTF-8": "the body is not JSON",
    "surrogates in UTF-8": "the body is not JSON",
    "lone surrogate in JSON": "the body is not JSON",
    "UTF-16": "the body is not JSON",
    "zero bytes": "the body is not JSON",
    "nothing": "the body is not JSON",
    "blanks": "the body is not JSON",
    "null": 'send {"query": text',
    "a number": 'send {"query": text',
    "a query that is a list": 'send {"query": text',
    "many keys": 'send {"query": text',
}


@pytest.mark.parametrize("name", NO_OPERATION)
async def test_a_body_that_is_no_operation_is_refused(member: Visitor, reached: Reached, name: str) -> None:
    answer = await post(member, BODIES[name])
    assert answer.status_code == 400
    assert sentence_of(answer).startswith(NO_OPERATION[name])
    assert reached == Reached()


async def test_more_than_a_body_may_have_is_not_read(passer_by: Visitor, reached: Reached) -> None:
    """Of somebody unknown 100 kB, whatever length is told or not."""
    answer = await passer_by.http.post("/graphql", content=b" " * 100_001, headers=JSON | CLIENT)
    assert answer.status_code == 413
    assert sentence_of(answer) == "the body has more than the 100000 bytes taken here; send less"
    assert reached == Reached()
