"""GraphQL operations: prepared once per document, executed per request, their subscriptions streamed.

Parsing within the limits and validation are cached together, by document and operation name. An event that reads the
same for every subscriber is executed and encoded once per document and variables; each subscriber is sent those bytes.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import isawaitable
from typing import Any, TypeGuard, cast

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationType,
    execute,
    get_operation_ast,
    specified_rules,
    validate,
)
from graphql.execution import create_source_event_stream, execute_subscription_event
from strawberry.execution import optimized_is_awaitable

from gateway.answers import BoundedExecutor, IntrospectingExecutor, check_given, told, typed_variables
from gateway.context import Context
from gateway.limits import MOST_DEPTH, MOST_DEPTH_INTROSPECTING, parse_within_limits
from gateway.live import Frame
from kernel.errors import DomainError

MOST_PREPARED = 256
MOST_SECONDS = 30.0
MOST_FAULTS = 5  # of a document or its variables
Described = Sequence[dict[str, Any]]
_is_awaitable = cast(Callable[[Any], TypeGuard[Awaitable[Any]]], optimized_is_awaitable)


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """A valid document and which of its operations to run; `typed` says how often it uses each variable but JSON."""

    document: DocumentNode
    kind: OperationType
    name: str | None
    typed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client sends, over HTTP or WebSocket."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None


class Unanswerable(Exception):
    """An operation that cannot be executed at all; `errors` as they are answered."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(str(errors[0]))
        self.errors: Described = told(errors)


class Operations:
    """Answers operations on one schema. `development` allows introspection and names what may have been meant."""

    def __init__(self, schema: GraphQLSchema, *, development: bool) -> None:
        self._schema = schema
        self._hide = not development
        self._executor_class = IntrospectingExecutor if development else BoundedExecutor
        self._depth = MOST_DEPTH_INTROSPECTING if development else MOST_DEPTH
        self._rules = specified_rules if development else (*specified_rules, NoSchemaIntrospectionCustomRule)
        self._cached = lru_cache(MOST_PREPARED)(self._prepare)

    def prepare(self, asked: Asked) -> Prepared:
        """Raises Unanswerable for bad syntax, a limit, an invalid document or an unknown operation name."""
        prepared = self._cached(asked.query, asked.name)
        if isinstance(prepared, Prepared):
            return prepared
        raise Unanswerable(prepared)

    def _prepare(self, query: str, name: str | None) -> Prepared | Sequence[GraphQLError]:
        try:
            document = parse_within_limits(query, self._depth)
        except GraphQLError as error:
            return [error]
        if errors := validate(self._schema, document, self._rules, max_errors=MOST_FAULTS, hide_suggestions=self._hide):
            return errors
        operation = get_operation_ast(document, name)
        if operation is None:
            return [GraphQLError("name one of the document's operations as `operationName`")]
        return Prepared(document, operation.operation, name, typed_variables(document, name))

    async def answer(self, prepared: Prepared, variables: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """The answer to a query or a mutation, to be encoded by `encode`; raises Unanswerable for its variables."""
        _check(prepared, variables)
        result = execute(
            self._schema,
            prepared.document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=prepared.name,
            max_coercion_errors=MOST_FAULTS,
            executor_class=self._executor_class,
            is_awaitable=_is_awaitable,
            hide_suggestions=self._hide,
        )
        async with asyncio.timeout(MOST_SECONDS):
            return payload(await result if isawaitable(result) else result)

    async def stream(
        self, prepared: Prepared, variables: Mapping[str, Any], context: Context
    ) -> AsyncGenerator[bytes, None]:
        """The encoded answers to any operation; raises Unanswerable where a subscription cannot begin or go on."""
        if prepared.kind is not OperationType.SUBSCRIPTION:
            yield encode(await self.answer(prepared, variables, context))
            return
        executor = self._executor(prepared, variables, context)
        key = prepared, _key(variables)
        async with contextlib.aclosing(await _source(executor)) as events:
            try:
                async for event in events:
                    yield await _event(executor, event, key)
            except DomainError as error:
                raise Unanswerable([GraphQLError(error.message, original_error=error)]) from error

    def _executor(self, prepared: Prepared, variables: Mapping[str, Any], context: Context) -> BoundedExecutor:
        _check(prepared, variables)
        built = self._executor_class.build(
            self._schema,
            prepared.document,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=prepared.name,
            max_coercion_errors=MOST_FAULTS,
            is_awaitable=_is_awaitable,
            hide_suggestions=self._hide,
        )
        if isinstance(built, list):
            raise Unanswerable(built)
        assert isinstance(built, BoundedExecutor)
        return built


def _key(variables: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise Unanswerable([GraphQLError(f"the variables cannot be written as JSON: {error}")]) from error


def _check(prepared: Prepared, variables: Mapping[str, Any]) -> None:
    try:
        check_given(prepared.typed, variables)
    except GraphQLError as error:
        raise Unanswerable([error]) from error


async def _source(executor: BoundedExecutor) -> Any:
    source = create_source_event_stream(executor)
    events = await source if isawaitable(source) else source
    if isinstance(events, ExecutionResult):
        raise Unanswerable(events.errors or [GraphQLError("the subscription has no events")])
    return events


async def _event(executor: BoundedExecutor, event: object, key: tuple[Prepared, bytes]) -> bytes:
    """The encoded answer for one event; of a frame, the one made for whoever came first."""
    if isinstance(event, Frame) and (known := event.answers.get(key)):
        return known
    result = execute_subscription_event(executor.build_per_event_executor(event))
    encoded = encode(payload(await result if isawaitable(result) else result))
    if isinstance(event, Frame):
        event.answers[key] = encoded
    return encoded


def payload(result: ExecutionResult) -> dict[str, Any]:
    """An execution's result as it is answered."""
    if not result.errors:
        return {"data": result.data}
    return {"data": result.data, "errors": told(result.errors)}


def encode(answer: Mapping[str, Any]) -> bytes:
    return orjson.dumps(answer)
