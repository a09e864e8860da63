"""Everything in a network can be traced to the version it came with, whatever it was called then."""

from hypothesis import given

from blueprint import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edge,
    Edit,
    Graph,
    Group,
    Node,
    RenameNode,
    Replace,
    Ungroup,
    apply,
    blame,
)
from tests.blueprint.changes import forks
from tests.blueprint.examples import chain

FIRST = chain(
    ("in", "Input", {"shape": ["B", 3, 8, 8]}),
    ("conv", "Conv2d", {"out_channels": 4, "kernel_size": 3}),
    ("relu", "ReLU", {}),
    ("out", "Output", {}),
)


def history(*batches: list[Edit]) -> list[tuple[str, Graph]]:
    versions = [("v1", FIRST)]
    for number, batch in enumerate(batches, start=2):
        versions.append((f"v{number}", apply(versions[-1][1], batch)))
    return versions


def test_nodes_settings_and_edges_have_the_label_they_came_with() -> None:
    told = blame(
        history(
            [Configure("conv", {"kernel_size": 5, "bias": False})],
            [AddNode(Node("norm", "BatchNorm2d")), Disconnect(Edge("conv", "relu")), Connect(Edge("conv", "norm"))],
            [Connect(Edge("norm", "relu")), Configure("conv", {"out_channels": 4}, ("bias",))],
        )
    )
    assert {path: node.label for path, node in told.nodes.items()} == {
        "in": "v1",
        "conv": "v1",
        "relu": "v1",
        "out": "v1",
        "norm": "v3",
    }
    assert told.nodes["conv"].settings == {"out_channels": "v1", "kernel_size": "v2"}
    assert {(edge.source, edge.target): edge.label for edge in told.edges} == {
        ("in", "conv"): "v1",
        ("conv", "norm"): "v3",
        ("norm", "relu"): "v4",
        ("relu", "out"): "v1",
    }


def test_renamed_and_regrouped_nodes_are_followed() -> None:
    told = blame(history([RenameNode("conv", "first")], [Group(("first", "relu"), "stage")], [Ungroup("stage")]))
    assert {path: node.label for path, node in told.nodes.items()} == dict.fromkeys(
        ["in", "first", "relu", "out"], "v1"
    )
    grouped = blame(history([RenameNode("conv", "first")], [Group(("first", "relu"), "stage")]))
    labels = {path: node.label for path, node in grouped.nodes.items()}
    assert (labels["stage"], labels["stage/first"], labels["stage/in"]) == ("v3", "v1", "v3")
    inner = {(edge.source, edge.target): edge.label for edge in grouped.edges}
    assert inner["stage/first", "stage/relu"] == "v1"


def test_a_node_that_became_another_is_new() -> None:
    told = blame(history([Replace("relu", Node("relu", "Dropout", {"p": 0.1}))]))
    assert told.nodes["relu"].to_json() == {"label": "v2", "settings": {"p": "v2"}}
    assert blame([]).to_json() == {"nodes": {}, "edges": []}


@given(forks())
def test_everything_has_a_label_of_the_history(fork: tuple[Graph, tuple[Edit, ...], tuple[Edit, ...]]) -> None:
    graph, one, other = fork
    versions = [("first", graph), ("one", apply(graph, one)), ("back", graph), ("other", apply(graph, other))]
    told = blame(versions)
    assert len(told.edges) + len(told.nodes) == sum(apply(graph, other).size)
    labels = {node.label for node in told.nodes.values()} | {edge.label for edge in told.edges}
    assert labels <= {"first", "one", "back", "other"}
    same = blame([("first", graph), ("second", graph)])
    assert {node.label for node in same.nodes.values()} | {edge.label for edge in same.edges} == {"first"}
