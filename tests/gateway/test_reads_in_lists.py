"""A field of a list costs at most one call, however many rows there are: tried for every query and field of the schema.

The services are played: each call is answered with a message of the contract filled to the brim, lists of ROWS rows.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
    parse,
)

from gateway import context
from gateway.answers import BoundedExecutor
from gateway.batches import Batches
from gateway.context import Backend, Caller, Context
from gateway.links import Links
from gateway.looks import Looks
from gateway.operations import Operations, Prepared
from gateway.positions import Positions
from gateway.schema import SCHEMA
from gateway.stubs import Stubs
from kernel.client import Neighbours, path_of
from kernel.errors import Unavailable
from kernel.grants import Grant
from kernel.methods import Method, method
from kernel.settings import CONTEXTS
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.batch.v1.service_pb2 import Outcome, ReadRequest, ReadResponse

ROWS, INNER = 50, 2
READY = {  # what has everything that can be asked of it
    "neuralforge.dataset.v1.VersionState": 2,
    "neuralforge.dataset.v1.SourceKind": 1,
    "neuralforge.export.v1.ExportState": 3,
    "neuralforge.access.v1.Role": Role.ROLE_MEMBER,
}
QUERIES = SCHEMA._schema.query_type.fields  # type: ignore[union-attr]


class Services:
    """Plays all services; counts the calls by RPC."""

    def __init__(self, *, batches: bool = True) -> None:
        self.calls: Counter[str] = Counter()
        self.reads: Counter[str] = Counter()
        self._numbers = itertools.count()
        self._batches = batches

    async def call(self, called: Any, request: Any, **named: Any) -> Message:
        path = f"/{path_of(called)}"
        if not isinstance(request, ReadRequest):
            self.calls[path] += 1
            return self._answer(path, request)
        if not self._batches:
            raise Unavailable("the service failed (Method not found!); try again in a moment", reason="INTERNAL")
        self.calls[request.method] += 1
        requests = [_contract(request.method).request.FromString(each) for each in request.requests]
        answers = [self._answer(request.method, each).SerializeToString() for each in requests]
        return ReadResponse(outcomes=[Outcome(response=answer) for answer in answers])

    def _answer(self, path: str, request: Message) -> Message:
        self.reads[path] += 1
        answer = _contract(path).response()
        known = {field.name: value for field, value in request.ListFields() if not field.is_repeated}
        self._fill(answer, known, INNER if self.reads[path] > 1 else ROWS)
        return answer

    def _fill(self, message: Any, known: dict[str, Any], rows: int) -> None:
        """What the request named is named alike in the answer."""
        for field in message.DESCRIPTOR.fields:
            value = getattr(message, field.name)
            key = f"{message.DESCRIPTOR.name.lower()}_id" if field.name == "id" else field.name
            if isinstance(value, Timestamp):
                value.GetCurrentTime()
            elif field.type == field.TYPE_MESSAGE:
                for each in [value.add() for _ in range(rows)] if field.is_repeated else [value]:
                    each.SetInParent()
                    self._fill(each, known, INNER)
            elif field.is_repeated:
                value.extend(self._value(field) for _ in range(INNER))
            else:
                setattr(message, field.name, known[key] if key in known else self._value(field))

    def _value(self, field: Any) -> Any:
        match field.type:
            case field.TYPE_STRING:
                return f"{field.name} {next(self._numbers)}"
            case field.TYPE_BYTES:
                return b"{}"
            case field.TYPE_BOOL:
                return True
            case field.TYPE_ENUM:
                return READY.get(field.enum_type.full_name, 1)
            case field.TYPE_DOUBLE | field.TYPE_FLOAT:
                return 0.5
        return next(self._numbers) + 1


def _contract(path: str) -> Method:
    found = method(path)
    assert found
    return found


def given(type: Any) -> str:
    """A literal for an argument."""
    if isinstance(type, GraphQLNonNull):
        return given(type.of_type)
    if isinstance(type, GraphQLList):
        return f"[{given(type.of_type)}]"
    if isinstance(type, GraphQLEnumType):
        return str(next(iter(type.values)))
    if isinstance(type, GraphQLInputObjectType):
        needed = {name: field.type for name, field in type.fields.items() if is_required_input_field(field)}
        return "{" + " ".join(f"{name}: {given(each)}" for name, each in needed.items()) + "}"
    return {"Int": "1", "Boolean": "true", "JSON": "{}", "Float": "0.5"}.get(type.name, '"1"')


def asked(name: str, field: Any) -> str:
    """The field with everything that can be selected of it."""
    needed = {key: argument.type for key, argument in field.args.items() if is_required_argument(argument)}
    arguments = "(" + " ".join(f"{key}: {given(each)}" for key, each in needed.items()) + ")" if needed else ""
    return f"{name}{arguments}{selection(get_named_type(field.type))}"


def selection(type: Any) -> str:
    if isinstance(type, GraphQLUnionType):
        return "{" + " ".join(f"... on {each.name} {selection(each)}" for each in type.types) + "}"
    if not isinstance(type, GraphQLObjectType):
        return ""
    return "{" + " ".join(asked(name, field) for name, field in type.fields.items()) + "}"


def lists(value: Any) -> Iterator[list[Any]]:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from lists(inner)
    if isinstance(value, list):
        yield value


async def answered(services: Services, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    neighbours = Neighbours("gateway", dict.fromkeys(CONTEXTS, "127.0.0.1:1"))
    monkeypatch.setattr(neighbours, "call", services.call)
    monkeypatch.setattr(BoundedExecutor, "most", 1_000_000)
    monkeypatch.setattr(context, "MOST_READS", 1_000_000)
    monkeypatch.setattr(context, "MOST_ROWS", 1_000_000)
    unused: Any = None
    backend = Backend(
        neighbours, Stubs(neighbours), unused, Positions(), unused, Links("s3", False, "b"), unused, Looks()
    )
    grant = Grant("ada", "acme", Role.ROLE_OWNER, time.time() + 60)
    document = parse("{" + asked(name, QUERIES[name]) + "}")
    prepared = Prepared(document, OperationType.QUERY, None, {})
    operations = Operations(SCHEMA._schema, development=False)
    answer = await operations.answer(prepared, {}, Context(backend, Caller("token", grant)))
    await neighbours.close()
    assert "errors" not in answer, answer["errors"]
    data: dict[str, Any] = answer["data"]
    return data


@pytest.mark.parametrize("name", QUERIES)
async def test_a_field_costs_at_most_one_call(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services()
    data = await answered(services, name, monkeypatch)
    assert set(services.calls.values()) == {1}, services.calls
    if "Page" in str(QUERIES[name].type) or isinstance(getattr(QUERIES[name].type, "of_type", None), GraphQLList):
        assert max(len(found) for found in lists(data)) == ROWS


async def test_it_would_notice_one_call_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    async def alone(self: Batches, called: Any, request: Message) -> Any:
        return await self._call("any", called, request)

    monkeypatch.setattr(Batches, "read", alone)
    services = Services()
    await answered(services, "runs", monkeypatch)
    assert services.calls["/neuralforge.training.v1.RunService/ListCheckpoints"] == ROWS


async def test_a_service_of_an_earlier_version_is_asked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(batches=False)
    data = await answered(services, "runs", monkeypatch)
    assert len(data["runs"]["nodes"]) == ROWS
    assert services.calls["/neuralforge.training.v1.RunService/ListCheckpoints"] == ROWS


async def test_each_of_many_reads_has_its_own_answer() -> None:
    services = Services()
    neighbours = Neighbours("gateway", dict.fromkeys(CONTEXTS, "127.0.0.1:1"))

    async def call(context: str, called: Any, request: Message) -> Message:
        return await services.call(called, request)

    batches, stubs = Batches(neighbours, call), Stubs(neighbours)
    get = _contract("/neuralforge.training.v1.RunService/GetRun").request
    requests: list[Any] = [get(run_id=str(number)) for number in range(450)]
    answers = await asyncio.gather(*(batches.read(stubs.runs.GetRun, each) for each in requests))
    assert [answer.run.id for answer in answers] == [request.run_id for request in requests]
    assert services.calls.total() == 3  # of at most 200 each
    await neighbours.close()
