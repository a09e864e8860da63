"""A session says after each edit the same in both languages: what changed, the totals, the undo, the whole answer."""

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint import (
    LAYERS,
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edge,
    Edit,
    EditError,
    Graph,
    MoveNode,
    Node,
    RemoveNode,
    RenameNode,
    Replace,
    Within,
    diff,
    edits_from_json,
    edits_to_json,
    parse,
    to_document,
)
from blueprint.canonical import with_handles
from blueprint.codec import decode, encode
from blueprint.session import Session
from tests.blueprint.browser import ask
from tests.blueprint.networks import graphs
from tests.blueprint.random_graphs import FUZZ, TYPES, fitting_graph, how_many
from tests.blueprint.random_settings import random_config

PARTS = 5
STEPS = 8


def check(graph: Graph, batches: list[list[Edit]]) -> None:
    """Hold both sessions against each other after each batch."""
    text = encode(to_document(graph)).decode()
    session = Session(parse(text), batch=2)
    told = ask("session", text, [spelt(batch) for batch in batches], {"batch": 2})
    for batch, theirs in zip(batches, told, strict=True):
        read = edits_from_json(decode(spelt(batch)))
        assert json.loads(theirs) == [_changed(session, read), session.analysis().to_json()], batch


def spelt(edits: Any) -> str:
    return encode(edits_to_json(edits)).decode()


def _changed(session: Session, batch: Sequence[Edit]) -> Any:
    """What a batch changes, or the sentence of the refusal."""
    try:
        change = session.apply(batch)
    except EditError as refusal:
        return str(refusal)
    figures = {id: each and each.to_json() for id, each in change.nodes.items()}
    return [figures, change.totals.to_json(), spelt(change.undo)]


@pytest.mark.parametrize("part", range(PARTS))
def test_edits_of_fitting_networks(part: int) -> None:
    many = how_many(100, fuzz=5_000)
    first = random.SystemRandom().randrange(10**9) if FUZZ else part * many
    for seed in range(first, first + many // PARTS):
        chance = random.Random(seed)
        graph = with_handles(fitting_graph(seed, layers=6))
        print(f"seed {seed}")
        check(graph, [any_edits(graph, chance) for _ in range(STEPS)])


def any_edits(graph: Graph, chance: random.Random) -> list[Edit]:
    """One edit or two of a network that may have changed since."""
    return [_any_edit(graph, chance) for _ in range(chance.choice((1, 1, 2)))]


def _any_edit(graph: Graph, chance: random.Random) -> Edit:
    node, other = chance.choice(graph.nodes), chance.choice(graph.nodes)
    drawn = _any_node(chance.choice([node.id, "new", "newer"]), chance)
    edge = chance.choice(graph.edges) if graph.edges else Edge(node.id, other.id)
    edits: list[Edit] = [
        *(_configured(node, chance), _configured(node, chance), Disconnect(edge), Connect(edge)),
        *(
            Connect(Edge(node.id, other.id)),
            RemoveNode(node.id),
            RenameNode(node.id, drawn.id),
            Replace(node.id, drawn),
        ),
        *(AddNode(drawn), MoveNode(node.id, None)),
    ]
    if node.graph is not None:
        edits.append(Within(node.id, (_any_edit(node.graph, chance),)))
    return chance.choice(edits)


def _any_node(id: str, chance: random.Random) -> Node:
    layer = LAYERS[chance.choice(TYPES)]
    return Node(id, layer.type, random_config(layer, chance))


def _configured(node: Node, chance: random.Random) -> Configure:
    config = random_config(LAYERS[node.type], chance) if node.type in LAYERS else {}
    return Configure(node.id, {**config, **({"colour": 1} if chance.random() < 0.1 else {})})


@given(graphs(), graphs(), st.randoms(use_true_random=False))
def test_the_way_from_one_network_to_another(a: Graph, b: Graph, chance: random.Random) -> None:
    edits: list[list[Edit]] = [[edit] for edit in diff(a, b)]
    chance.shuffle(edits)
    check(a, [*edits, list(diff(a, b))])
