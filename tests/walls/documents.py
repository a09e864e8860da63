"""GraphQL documents made from the schema: a field with everything that can be selected below it."""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from gateway.schema import SCHEMA

ROOTS = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}


def fields() -> Mapping[str, GraphQLField]:
    """Every field of the three roots, as `Query.me`."""
    types = SCHEMA._schema.type_map
    return {
        f"{root}.{name}": field
        for root in ROOTS
        if isinstance(known := types.get(root), GraphQLObjectType)
        for name, field in known.fields.items()
    }


def document(name: str, given: Mapping[str, object]) -> str:
    """The operation that asks for a field with the given arguments, each as a variable of the same name."""
    root, _, field_name = name.partition(".")
    field = fields()[name]
    declared = ", ".join(f"${each}: {field.args[each].type}" for each in given)
    passed = ", ".join(f"{each}: ${each}" for each in given)
    head = f"{ROOTS[root]}({declared})" if declared else ROOTS[root]
    arguments = f"({passed})" if passed else ""
    return f"{head} {{ {field_name}{arguments}{_below(field.type, ())} }}"


def _below(kind: GraphQLOutputType, path: tuple[str, ...]) -> str:
    """All of a type in braces, nested fields that need no argument included; empty for what has no fields."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    if isinstance(named, GraphQLUnionType):
        members = " ".join(f"... on {each.name}{_below(each, path)}" for each in named.types)
        return f" {{ __typename {members} }}"
    assert isinstance(named, GraphQLObjectType)
    return f" {{ {' '.join(_fields(named, (*path, named.name)))} }}"


def _fields(kind: GraphQLObjectType, path: tuple[str, ...]) -> Iterator[str]:
    for name, field in kind.fields.items():
        again = get_named_type(field.type).name in path
        if not again and not any(is_required_argument(argument) for argument in field.args.values()):
            yield f"{name}{_below(field.type, path)}"
