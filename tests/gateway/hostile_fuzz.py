"""Random bodies from a seed, each at most 100,000 bytes: words, repeated selections, damaged bytes, variables."""

import json
import random
from collections.abc import Callable, Iterator

from tests.gateway.hostile import BODIES, MOST_BYTES, body

_TEXT = """
{ } ( ) [ ] : ! $ @ = | & ... query mutation subscription fragment on true false null "" "a" 1 -2 3.5e1
me user id name email organisations projects nodes nextPageToken project plans templates __typename __schema
Query ID! Int String [ID!]! first:200 id:1 query:"p" $v a: b: @skip(if:true) @include F G ...F ...G
architectures projectId:1 runs document analysis versions datasets catalogue layers é \U0001f600 \\ "
"""
WORDS = _TEXT.split()
TEMPLATES = ("{{{}}}", "query($v:JSON,$w:[ID!]){{{}}}", "{{...F}}fragment F on Query{{{}}}", "{}", "{{me{{{}}}}}")
SELECTIONS = (
    "me{user{id name email}}",
    "plans{name}",
    "projects(first:200){nodes{id name}}",
    "__typename",
    "...F",
    "...on Query{me{user{id}}}",
    'a#:project(id:"#"){id name}',
    "b#:projects(first:#){nodes{id createdAt}}",
    "c#:people(ids:$w){id}",
    "validate(document:$v){contentHash}",
    "templates{name}",
    "@skip(if:true)",
    "nothing",
    'd#:projects(query:"#" first:200){nodes{id name visibility createdAt createdBy}}',
)


def fuzz(seed: int) -> Iterator[bytes]:
    """Endless bodies: words in any order, selections repeated, documents and bytes damaged, variables of any shape."""
    chance = random.Random(seed)
    kinds: list[Callable[[random.Random], bytes]] = [_words, _selections, _selections, _damaged, _variables]
    while True:
        yield chance.choice(kinds)(chance)[:MOST_BYTES]


def _words(chance: random.Random) -> bytes:
    return body(" ".join(chance.choices(WORDS, k=chance.choice((10, 100, 900, 5_000)))))


def _document(chance: random.Random) -> str:
    chosen = [
        chance.choice(SELECTIONS).replace("#", str(n))
        for _ in range(chance.randint(1, 6))
        for n in [chance.randint(0, 9)]
    ]
    repeated = " ".join(
        selection.replace("#", str(n)) for n in range(chance.choice((1, 5, 20, 60))) for selection in chosen
    )
    return chance.choice(TEMPLATES).format(repeated)


def _selections(chance: random.Random) -> bytes:
    return body(
        _document(chance), variables={"v": _value(chance, 4), "w": [str(n) for n in range(chance.randint(0, 200))]}
    )


def _damaged(chance: random.Random) -> bytes:
    whole = bytearray(chance.choice([_selections(chance), *list(BODIES.values())]))
    for _ in range(chance.randint(1, 8)):
        if whole:
            place = chance.randrange(len(whole))
            whole[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return bytes(whole)


def _variables(chance: random.Random) -> bytes:
    queries = [json.loads(each)["query"] for each in BODIES.values() if each.startswith(b'{"query": "query($v')]
    return body(chance.choice(queries), variables={"v": _value(chance, 6)})


def _value(chance: random.Random, depth: int, room: int = 20_000) -> object:
    """At most `room` leaves."""
    leaves: list[object] = [None, True, 1, -1.5, "", "a" * 500, "é\U0001f600", 2**63, "NUMBER"]
    shape = chance.randint(0, 3) if depth else 0
    if shape == 1:
        count = min(room, chance.choice((1, 3, 30)))
        return [_value(chance, depth - 1, max(1, room // count))] * count
    if shape == 2:
        count = min(room, chance.choice((1, 3, 9)))
        return {f"k{n}": _value(chance, depth - 1, max(1, room // count)) for n in range(count)}
    if shape == 3:
        return [chance.choice(leaves)] * min(room, chance.choice((10, 500, 9_000)))
    return chance.choice(leaves)
