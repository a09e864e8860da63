"""What an answer may hold, and what a request may give for it: counted, since pages and aliases multiply."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import DocumentNode, GraphQLError, NamedTypeNode, OperationDefinitionNode, TypeNode, get_operation_ast
from graphql.execution import Executor

from gateway.errors import describe
from kernel.errors import Exhausted

MOST_VALUES = 9_000  # the largest page, 200, of what has most fields, a run: 44; 1,000 log lines are 6,000
MOST_VALUES_INTROSPECTING = 100_000  # the whole schema
MOST_GIVEN = 6_200  # 2,000 columns of a table, each with name and kind
MOST_ERRORS = 20
MOST_MESSAGE = 500
MOST_LOCATIONS = 3


class BoundedExecutor(Executor[Any]):
    """Counts the values of one answer; past the limit what is still to come is an error."""

    most = MOST_VALUES
    _values = 0

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, fields: Any, context: Any) -> Any:
        self._count(len(fields))
        return super().execute_fields(parent_type, source_value, path, fields, context)

    def complete_iterable_value(
        self, item_type: Any, field_details_list: Any, info: Any, path: Any, items: Any, context: Any
    ) -> Any:
        self._count(len(items))
        return super().complete_iterable_value(item_type, field_details_list, info, path, items, context)

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > self.most:
            sentence = f"the answer has more than {self.most} values; ask for fewer fields or a smaller page"
            raise Exhausted(sentence, reason="LIMIT")


class IntrospectingExecutor(BoundedExecutor):
    most = MOST_VALUES_INTROSPECTING


def typed_variables(document: DocumentNode, name: str | None) -> frozenset[str]:
    """The operation's variables that are read value by value; those of type JSON are passed on as they are."""
    operation = get_operation_ast(document, name)
    definitions = operation.variable_definitions if isinstance(operation, OperationDefinitionNode) else ()
    return frozenset(each.variable.name.value for each in definitions or () if _named(each.type) != "JSON")


def check_given(typed: frozenset[str], variables: Mapping[str, Any]) -> None:
    """Raises GraphQLError where reading the values given for typed variables would take too long."""
    values = _values([variables[name] for name in typed if name in variables])
    if any(number >= MOST_GIVEN for number, _ in enumerate(values)):
        sentence = f"the variables hold more than {MOST_GIVEN} values; give fewer at once"
        raise GraphQLError(sentence, extensions={"code": "LIMIT"})


def told(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """Errors as they are answered: some of many, and no more of a message than one reads."""
    answers = [describe(error) for error in errors[:MOST_ERRORS]]
    for answer in answers:
        answer["message"] = " ".join(answer["message"].split())
        if len(answer["message"]) > MOST_MESSAGE:
            answer["message"] = f"{answer['message'][:MOST_MESSAGE]}..."
        if len(answer.get("locations") or ()) > MOST_LOCATIONS:
            answer["locations"] = answer["locations"][:MOST_LOCATIONS]
    if len(errors) > MOST_ERRORS:
        sentence = f"{len(errors) - MOST_ERRORS} more errors are left out; mend these first"
        answers.append({"message": sentence, "extensions": {"code": "LIMIT"}})
    return answers


def _named(type: TypeNode) -> str:
    while not isinstance(type, NamedTypeNode):
        type = type.type  # type: ignore[attr-defined]
    return type.name.value


def _values(waiting: list[Any]) -> Iterator[Any]:
    """Every value within these, without recursion."""
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, dict | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
