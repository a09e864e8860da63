"""One function for each construct of the Python that is translated to TypeScript; the test runs both."""

from typing import Any, NamedTuple

from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import at_least, equal, every, product, total
from blueprint.quotients import quotient, scaled

WORDS = ("one", "two", "three")
TABLE: dict[str, Any] = {"a": 1, "b": (2, 3)}
LARGE = 9007199254740993
_OWN = [1, *WORDS]


class Pair(NamedTuple):
    """A record."""

    first: Any
    second_one: Any


def _private(x: Any) -> Any:
    return x


def constants() -> Any:
    return [None, True, False, 0, -1, 2.5, -0.5, 1e-05, LARGE, -9223372036854775808, "", 'a"b\\c\n`${d}`é', WORDS, _OWN]


def arithmetic(a: Any, b: Any) -> Any:
    return [a + b, a - b, a * b, a // b, a % b, -a, -(a + b), a // -b]


def comparisons(a: Any, b: Any) -> Any:
    return [a == b, a != b, a < b, a <= b, a > b, a >= b, 0 <= a < b <= 9]


def identity(x: Any) -> Any:
    return [x is None, x is not None, x == 1, x != -1, not x, not _private(x)]


def membership(x: Any, many: Any) -> Any:
    return [x in many, x not in many, x in WORDS, "a" in TABLE, x in TABLE, "wo" in "two"]


def sequences(a: Any, b: Any) -> Any:
    return [(a == b), a[0], a[-1], a[1:], a[:-1], a[-2:], a[1:-1], a[-9:], a[9:], (*a, 0, *b), len(a), a[len(b) - 2]]


def texts(x: Any) -> Any:
    return [
        f"{x}, {len(x)} `{x}` ${{x}}\n",
        x.split(","),
        x.replace("a", "bb"),
        x.startswith("a"),
        x.endswith("c"),
        x.count("a"),
        x.index(","),
        x[0],
        x[1:3],
        x[-2:],
        ", ".join([x, x]),
        " ".join([word[1:] for word in WORDS]),
        str(x),
    ]


def spelt(x: Any) -> Any:
    return [f"{x}", str(x), f"{-1}", f"{LARGE}", f"{[1, 2][0]}"]


def truth(x: Any) -> Any:
    found: list[Any] = []
    if x:
        found.append("if")
    if not x:
        found.append("not")
    found.append("then" if x else "else")
    while x:
        found.append("while")
        break
    found.append(len([1 for _ in range(2) if x]))
    return [*found, all([x, 1]), any([x, 0]), all(each == 1 for each in [x]), any(each for each in [x])]


def boolean(a: Any, b: Any) -> Any:
    return [a and b, a or b, not a, a and not b, a is None or b is None]


def loops(n: Any) -> Any:
    found = []
    for i in range(n):
        if i == 1:
            continue
        if i == 5:
            break
        found.append(i)
    at = 0
    while at < n:
        at += 2
    for i in range(n, 0, -2):
        found.append(i)
    for i in range(1, n):
        found.append(i)
    return [found, at]


def assignments(a: Any) -> Any:
    b, c = a, a
    d, (e, f) = a, (b, 2)
    c += d
    c -= 1
    c *= 3
    c //= 2
    found: list[Any] = [0, 0]
    found[1] = c
    found[-1 + 1] = e
    return [b, c, d, e, f, found]


def comprehensions(many: Any) -> Any:
    return [
        [x + 1 for x in many],
        [x for x in many if x > 1 if x != 3],
        [x * y for x in many for y in many if y != x],
        [[y + x for y in range(x)] for x in many],
        [i for i, _ in enumerate(many)],
        [a + b for a, b in zip(many, [x * 2 for x in many], strict=True)],
        [a + b + c for a, (b, c) in zip(many, enumerate(many), strict=True)],
        sum([x + 1 for x in many]),
        sum(x for x in many),
        total(x for x in many),
    ]


def builtins(many: Any) -> Any:
    return [
        min(many),
        max(many),
        min(many[0], 2),
        max(*many, 5),
        abs(-many[0]),
        abs(many[0]),
        sorted(many),
        list(reversed(many)),
        sorted(set(many)),
        list(many) == many,
        tuple(reversed([*many, 1])),
        int("12") + int("-3"),
        int("9007199254740993") + 1,
        ord("a"),
    ]


def kinds(x: Any) -> Any:
    return [isinstance(x, int), isinstance(x, str)]


def tables(key: Any) -> Any:
    more = {"c": 3, **TABLE}
    return [more.get(key), more.get(key, 7), TABLE["b"][1], more["c"], TABLE["a"]]


def lists(many: Any) -> Any:
    found = [*many]
    found.append(9)
    last = found.pop()
    return [found, last, found.count(1), found.index(found[0])]


def records(x: Any) -> Any:
    pair = Pair(x, [x])
    a, b = pair.first, pair.second_one
    return [a, b, pair.second_one[0], _private(Pair(1, 2).first)]


def hidden_names(text: Any, at: Any) -> Any:
    every_one, new, function, same, table = text, at, at + 1, at + 2, [at]
    return [every_one, new, function, same, table, [range + 1 for range in table], [text + 1 for text in table]]


def sizes_of_tensors(a: Any, b: Any) -> Any:
    return [
        equal(a, b),
        at_least(a, b),
        every(equal(a, b), at_least(a, 1)),
        product([a, b, 2]),
        total((a, b)),
        quotient(a * b, b),
        scaled(a, 0.7),
        scaled(a, 3),
        brief(a),
        sizes((a, b)),
        count(a, "size"),
    ]
