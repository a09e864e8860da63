"""What a GraphQL document may cost, checked before validation: validating a hostile one takes seconds."""

from collections import Counter
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
    Token,
    TokenKind,
)
from graphql.language import Lexer
from graphql.language.parser import Parser

MOST_QUERY_BYTES = 20_000  # the lexer is Python: 100 kB of escaped text take it longer than all else
MOST_TOKENS = 1_000
MOST_DIRECTIVES = 20
MOST_DEPTH = 15
MOST_ALIASES = 30
MOST_FIELDS = 300
MOST_REPEATS = 20  # validation compares each pair of selections of one name in one place
MOST_DEPTH_INTROSPECTING = 30
OPENING = {TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L}
CLOSING = {TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R}


def parse_within_limits(query: str, depth: int = MOST_DEPTH) -> DocumentNode:
    """The document; raises GraphQLError with one sentence for syntax and for each limit."""
    size = len(query.encode())
    if size > MOST_QUERY_BYTES:
        raise over(
            f"the GraphQL document has {size} bytes; at most {MOST_QUERY_BYTES} are taken (long values are variables)"
        )
    source = Source(query)
    document = Parser(source, lexer=BoundedLexer(source, depth)).parse_document()
    _Measure(document).check(depth)
    return document


def over(sentence: str) -> GraphQLError:
    """The error for a document that asks for too much."""
    return GraphQLError(f"{sentence}; split the request", extensions={"code": "LIMIT"})


class BoundedLexer(Lexer):
    """Counts tokens, directives and nesting as they are read, so that the parser's recursion stays shallow."""

    def __init__(self, source: Source, most_depth: int) -> None:
        super().__init__(source)
        self._most_depth = most_depth
        self._tokens = self._directives = self._depth = 0

    def read_next_token(self, start: int) -> Token:
        """Comments count as well: there is a token for each."""
        token = super().read_next_token(start)
        self._tokens += token.kind is not TokenKind.EOF
        self._directives += token.kind is TokenKind.AT
        self._depth += (token.kind in OPENING) - (token.kind in CLOSING)
        if self._tokens > MOST_TOKENS:
            raise over(f"the GraphQL document has more than {MOST_TOKENS} tokens")
        if self._directives > MOST_DIRECTIVES:
            raise over(f"the GraphQL document uses more than {MOST_DIRECTIVES} directives")
        if self._depth > self._most_depth:
            raise over(f"the GraphQL document nests deeper than {self._most_depth} levels")
        return token


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one selection with its fragments written out; a spread and an inline fragment count as a field too."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0


class _Measure:
    """Measures definitions with fragments written out; each fragment is measured once."""

    def __init__(self, document: DocumentNode) -> None:
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Cost | None] = {}

    def check(self, most_depth: int) -> None:
        """Of all operations together, and of fragments that none of them spreads: validation looks at those too."""
        costs = [self._cost(operation.selection_set) for operation in self._operations]
        unused = [node for name, node in self._fragments.items() if name not in self._known]
        costs += [self._fragment(node.name.value) for node in unused]
        if max((cost.depth for cost in costs), default=0) > most_depth:
            raise over(f"the GraphQL document nests deeper than {most_depth} levels")
        if sum(cost.aliases for cost in costs) > MOST_ALIASES:
            raise over(f"the GraphQL document uses more than {MOST_ALIASES} aliases")
        if sum(cost.fields for cost in costs) > MOST_FIELDS:
            raise over(f"the GraphQL document selects more than {MOST_FIELDS} fields")
        for definition in (*self._operations, *unused):
            self._check_repeats(definition.selection_set, (), Counter())

    def _cost(self, selections: SelectionSetNode | None) -> Cost:
        depth = fields = aliases = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                inner = self._fragment(node.name.value)
            else:
                inner = self._cost(getattr(node, "selection_set", None))
            depth = max(depth, inner.depth + 1)
            fields += inner.fields + 1
            aliases += inner.aliases + (getattr(node, "alias", None) is not None)
        return Cost(depth, fields, aliases)

    def _fragment(self, name: str) -> Cost:
        if name not in self._known:
            self._known[name] = None
            found = self._fragments.get(name)
            self._known[name] = self._cost(found.selection_set) if found else Cost()
        cost = self._known[name]
        if cost is None:
            sentence = f"the fragment '{name:.100}' spreads itself, directly or through others; break the circle"
            raise GraphQLError(sentence, extensions={"code": "INVALID_REQUEST"})
        return cost

    def _check_repeats(
        self, selections: SelectionSetNode | None, place: tuple[str, ...], found: Counter[tuple[str, ...]]
    ) -> None:
        """`found` counts the places of an answer that selections lead to; what there is to walk is bounded by now."""
        for node in selections.selections if selections else ():
            inner = place
            if isinstance(node, FieldNode):
                inner = (*place, (node.alias or node.name).value)
                found[inner] += 1
                if found[inner] > MOST_REPEATS:
                    raise over(
                        f"the GraphQL document selects '{inner[-1]:.100}' more than {MOST_REPEATS} times at once"
                    )
            fragment = self._fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
            self._check_repeats(getattr(fragment, "selection_set", None), inner, found)
