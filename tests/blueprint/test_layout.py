"""Networks are drawn tidily: below what feeds them, apart from one another, long edges straight past the nodes."""

import time
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given

from blueprint import Edge, Graph, Node, Position, analyze, apply, canonical, instantiate, layout, moves, templates
from blueprint.columns import GRID, WIDTH
from blueprint.layout import HEIGHT, ROW
from tests.blueprint.networks import graphs


def undrawn(graph: Graph) -> Graph:
    """The graph without positions, at every level."""
    nodes = (replace(node, position=None, graph=node.graph and undrawn(node.graph)) for node in graph.nodes)
    return replace(graph, nodes=tuple(nodes))


def levels(graph: Graph) -> list[Graph]:
    return [graph, *(level for node in graph.nodes if node.graph for level in levels(node.graph))]


def places(graph: Graph) -> dict[str, tuple[float, float]]:
    return {node.id: (node.position.x, node.position.y) for node in graph.nodes if node.position}


def overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < WIDTH and abs(one[1] - other[1]) < HEIGHT


@given(graphs())
def test_every_node_gets_a_place_of_its_own_on_the_grid(graph: Graph) -> None:
    drawn = layout(undrawn(graph))
    assert canonical(drawn) == canonical(graph)
    assert layout(undrawn(graph)) == drawn
    for level in levels(drawn):
        found = places(level)
        assert len(found) == len(level.nodes)
        assert not any(overlap(one, other) for one, other in combinations(found.values(), 2))
        assert all(x % GRID == 0 and y % GRID == 0 for x, y in found.values())
        assert min(x for x, _ in found.values()) == min(y for _, y in found.values()) == 0


@given(graphs())
def test_nodes_keep_the_places_they_have(graph: Graph) -> None:
    for before, after in zip(levels(graph), levels(layout(graph)), strict=True):
        had, found = places(before), places(after)
        assert {id: found[id] for id in had} == had
        new = [found[id] for id in found if id not in had]
        assert not any(overlap(place, other) for place in new for other in found.values() if other is not place)
    assert layout(layout(graph)) == layout(graph)
    assert places(layout(graph, everything=True)) == places(layout(undrawn(graph)))


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_what_feeds_a_node_is_above_it_and_no_edge_runs_through_a_node(name: str) -> None:
    for level in levels(layout(undrawn(instantiate(name)))):
        found = places(level)
        for edge in level.edges:
            start, end = found[edge.source], found[edge.target]
            assert start[1] + ROW <= end[1], edge
            if start[0] == end[0]:
                column = [id for id, (x, y) in found.items() if abs(x - start[0]) < WIDTH // 2]
                assert not [id for id in column if start[1] < found[id][1] < end[1]], edge


def test_a_skip_connection_is_a_straight_line_beside_the_layers() -> None:
    found = places(layout(undrawn(instantiate("digits-resnet"))))
    assert found["relu0"][0] == found["add1"][0]
    assert {found[id][0] for id in ("conv1a", "norm1a", "relu1a", "conv1b", "norm1b")} == {found["conv1a"][0]}
    assert abs(found["conv1a"][0] - found["add1"][0]) >= WIDTH // 2


def test_a_new_node_is_drawn_near_its_neighbours() -> None:
    nodes = (Node("a", "ReLU", position=Position(1000, 500)), Node("b", "ReLU"), Node("c", "ReLU"))
    found = places(layout(Graph(nodes=nodes, edges=(Edge("a", "b"), Edge("a", "c")))))
    assert found["a"] == (1000, 500)
    assert found["b"][1] == found["c"][1]
    assert 0 < found["b"][1] - 500 <= ROW + GRID
    assert abs(found["b"][0] - 1000) <= 2 * WIDTH


def test_large_networks_are_drawn_in_time() -> None:
    kinds = [Node(f"n{n}", "Add") for n in range(2_000)]
    chain = [Edge(one.id, other.id) for one, other in pairwise(kinds)]
    skips = [Edge(f"n{n}", f"n{n + 7}") for n in range(0, 1_990, 3)]
    everywhere = [Edge("n0", f"n{n}") for n in range(2, 2_000)] + [Edge(f"n{n}", "n1999") for n in range(1_990)]
    for edges in (chain, chain + skips, chain + everywhere, everywhere, []):
        started = time.process_time()
        drawn = layout(Graph(nodes=tuple(kinds), edges=tuple(edges)))
        assert time.process_time() - started < 3
        assert all(node.position for node in drawn.nodes)


def test_a_drawn_network_is_the_same_network() -> None:
    graph = instantiate("unet")
    assert analyze(layout(undrawn(graph))).to_json() == analyze(graph).to_json()


@given(graphs())
def test_moves_lead_from_one_drawing_to_another(graph: Graph) -> None:
    tidy = layout(graph, everything=True)
    assert apply(graph, moves(graph, tidy)) == apply(tidy, [])
    assert moves(tidy, tidy) == ()
