"""What an answer may hold, and what a request may give for it: counted, since pages and aliases multiply."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    NamedTypeNode,
    ObjectFieldNode,
    TypeNode,
    VariableNode,
    get_operation_ast,
)
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


def typed_variables(document: DocumentNode, name: str | None) -> Mapping[str, int]:
    """How often the operation uses each variable that is read value by value; JSON is passed on as it is."""
    operation = get_operation_ast(document, name)
    assert operation
    typed = {each.variable.name.value for each in operation.variable_definitions or () if _named(each.type) != "JSON"}
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    uses = Counter(_uses(operation, fragments))
    return {each: max(1, uses[each]) for each in typed}


def check_given(typed: Mapping[str, int], variables: Mapping[str, Any]) -> None:
    """Raises GraphQLError where reading the values given for typed variables, by each use, would take too long."""
    given = 0
    for name, uses in typed.items():
        given += uses * sum(1 for _ in islice(_values([variables.get(name)]), MOST_GIVEN + 1))
        if given > MOST_GIVEN:
            sentence = f"the fields are given more than {MOST_GIVEN} values by variables; give fewer at once"
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


def _uses(node: Any, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
    """The variables used in this and, with fragments written out, within; a document within the limits is small."""
    for selection in node.selection_set.selections if getattr(node, "selection_set", None) else ():
        for argument in getattr(selection, "arguments", None) or ():
            yield from _variables(argument.value)
        spread = isinstance(selection, FragmentSpreadNode)
        yield from _uses(fragments[selection.name.value] if spread else selection, fragments)


def _variables(value: Any) -> Iterator[str]:
    if isinstance(value, VariableNode):
        yield value.name.value
    for inner in getattr(value, "values", None) or getattr(value, "fields", None) or ():
        yield from _variables(getattr(inner, "value", None) if isinstance(inner, ObjectFieldNode) else inner)


def _values(waiting: list[Any]) -> Iterator[Any]:
    """Every value within these, without recursion."""
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, dict | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
