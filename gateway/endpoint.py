"""POST /graphql: JSON from our own client, checked before anything is parsed."""

import time
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import Request
from starlette.responses import Response

from gateway.bodies import json_body, require_client
from gateway.context import Context, authenticate, backend_of
from gateway.errors import Problem, as_problem, retry_after, unexpected
from gateway.graphql_page import graphql_page
from gateway.metrics import OPERATION_SECONDS
from gateway.operations import Asked, Operations, Unanswerable, encode
from gateway.tracing import annotate_operation
from kernel.errors import DomainError

MOST_BYTES = 100_000
MOST_BYTES_SIGNED_IN = 9 * 1024 * 1024  # a whole blueprint of the largest size fits


class Endpoint:
    """The HTTP side of GraphQL. Queries and mutations only, one per request, never by GET."""

    def __init__(self, operations: Operations, studio: Path, *, development: bool) -> None:
        self._operations = operations
        self._studio = studio
        self._development = development

    async def serve(self, request: Request) -> Response:
        if request.method == "GET" and self._development and "text/html" in request.headers.get("accept", ""):
            return graphql_page(self._studio, str(request.url.replace(query="")), request.headers.get("host", ""))
        try:
            return await self._post(request)
        except DomainError as error:
            return _problem(as_problem(error))
        except Problem as problem:
            return _problem(problem)
        except Unanswerable as error:
            return _answer({"errors": error.errors}, 400)
        except TimeoutError:
            return _problem(Problem(504, "TIMEOUT", "the request did not finish in time; ask for less, or try again"))
        except Exception as error:
            return _problem(Problem(500, "INTERNAL", unexpected(error)))

    async def _post(self, request: Request) -> Response:
        if request.method != "POST":
            raise Problem(405, "METHOD", "send GraphQL as POST with a JSON body; other methods are not taken")
        require_client(request)
        backend = backend_of(request)
        caller = await authenticate(backend, request.headers.get("authorization", ""))
        backend.rates.count_request(request, caller)
        asked = _asked(await json_body(request, MOST_BYTES_SIGNED_IN if caller.grant else MOST_BYTES))
        prepared = self._operations.prepare(asked)
        if prepared.kind is OperationType.SUBSCRIPTION:
            sentence = "subscriptions are served over a WebSocket to /graphql with the protocol graphql-transport-ws"
            raise Unanswerable([GraphQLError(sentence)])
        start = time.perf_counter()
        annotate_operation(prepared)
        context = Context(backend, caller)
        context.enter()
        try:
            return _answer(await self._operations.answer(prepared, asked.variables, context))
        finally:
            OPERATION_SECONDS.labels(prepared.kind.value).observe(time.perf_counter() - start)


def _asked(body: Any) -> Asked:
    """What the body asks; raises Problem saying what it should look like."""
    if isinstance(body, list):
        raise Problem(400, "INVALID_REQUEST", "batches are not taken; send one operation per request")
    try:
        return read_asked(body)
    except ValueError as error:
        raise Problem(400, "INVALID_REQUEST", str(error)) from error


def read_asked(body: Any) -> Asked:
    """The operation in a JSON object as GraphQL over HTTP and WebSocket send it; raises ValueError."""
    sentence = 'send {"query": text, "variables": object, "operationName": text}'
    if not isinstance(body, dict):
        raise ValueError(sentence)
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    if (
        not isinstance(query, str)
        or not isinstance(variables, dict | None)
        or not isinstance(name, str | None)
        or not query.strip()
    ):
        raise ValueError(sentence)
    return Asked(query, variables or {}, name or None)


def _answer(answer: dict[str, Any], status: int = 200) -> Response:
    return Response(encode(answer), status, media_type="application/json")


def _problem(problem: Problem) -> Response:
    """Faults before the execution, in GraphQL's own form."""
    error = {"message": problem.message, "extensions": {"code": problem.code}}
    return Response(orjson.dumps({"errors": [error]}), problem.status, retry_after(problem), "application/json")
