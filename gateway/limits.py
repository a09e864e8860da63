"""What a GraphQL document may cost, checked before validation: validating a hostile one takes seconds."""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    parse,
)
from graphql.language import Lexer

MOST_QUERY_BYTES = 100_000
MOST_TOKENS = 1_000
MOST_DIRECTIVES = 20
MOST_DEPTH = 15
MOST_ALIASES = 30
MOST_FIELDS = 300
MOST_DEPTH_INTROSPECTING = 30
OPENING = {TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L}
CLOSING = {TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R}


def parse_within_limits(query: str, depth: int = MOST_DEPTH) -> DocumentNode:
    """The document; raises GraphQLError with one sentence for syntax and for each limit."""
    size = len(query.encode())
    if size > MOST_QUERY_BYTES:
        raise over(f"the GraphQL document has {size} bytes; at most {MOST_QUERY_BYTES} are taken")
    _scan(query, depth)
    document = parse(query)
    _Measure(document).check(depth)
    return document


def over(sentence: str) -> GraphQLError:
    """The error for a document that asks for too much."""
    return GraphQLError(f"{sentence}; split the request", extensions={"code": "LIMIT"})


def _scan(query: str, most_depth: int) -> None:
    """Counts tokens, directives and nesting in one pass, so that the parser's recursion stays shallow."""
    lexer = Lexer(Source(query))
    tokens = directives = depth = 0
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        tokens += 1
        directives += token.kind is TokenKind.AT
        depth += (token.kind in OPENING) - (token.kind in CLOSING)
        if tokens > MOST_TOKENS:
            raise over(f"the GraphQL document has more than {MOST_TOKENS} tokens")
        if directives > MOST_DIRECTIVES:
            raise over(f"the GraphQL document uses more than {MOST_DIRECTIVES} directives")
        if depth > most_depth:
            raise over(f"the GraphQL document nests deeper than {most_depth} levels")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one selection with its fragments written out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0


class _Measure:
    """Measures operations with fragments written out; each fragment is measured once."""

    def __init__(self, document: DocumentNode) -> None:
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Cost] = {}

    def check(self, most_depth: int) -> None:
        costs = [self._cost(operation.selection_set) for operation in self._operations]
        if max((cost.depth for cost in costs), default=0) > most_depth:
            raise over(f"the GraphQL document nests deeper than {most_depth} levels")
        if sum(cost.aliases for cost in costs) > MOST_ALIASES:
            raise over(f"the GraphQL document uses more than {MOST_ALIASES} aliases")
        if sum(cost.fields for cost in costs) > MOST_FIELDS:
            raise over(f"the GraphQL document selects more than {MOST_FIELDS} fields")

    def _cost(self, selections: SelectionSetNode | None) -> Cost:
        depth = fields = aliases = 0
        for node in selections.selections if selections else ():
            inner = self._fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else self._inside(node)
            depth = max(depth, inner.depth + 1)
            fields += inner.fields
            aliases += inner.aliases
        return Cost(depth, fields, aliases)

    def _inside(self, node: object) -> Cost:
        inner = self._cost(getattr(node, "selection_set", None))
        if not isinstance(node, FieldNode):
            return inner
        return Cost(inner.depth, inner.fields + 1, inner.aliases + (node.alias is not None))

    def _fragment(self, name: str) -> Cost:
        if name not in self._known:
            self._known[name] = Cost()  # a circle ends here; validation names it
            found = self._fragments.get(name)
            self._known[name] = self._cost(found.selection_set) if found else Cost()
        return self._known[name]
