"""A plan says everything needed to build the network, in running order, and only for valid networks."""

import pytest

from blueprint import Configure, Edit, RenameNode, apply, invert, resolve
from tests.blueprint.examples import chain, network

NET = network(
    [
        ("z", "Input", {"shape": ["B", 3, 8, 8]}),
        ("c", "Conv2D", {"out_channels": 4, "kernel_size": [3, 1], "padding": "same"}),
        ("b", "BatchNorm2D", {"momentum": None}),
        ("p", "MaxPooling2D", {"kernel_size": 2}),
        ("join", "Concatenate", {}),
        ("a", "Output", {}),
    ],
    [("z", "c"), ("c", "b"), ("b", "join", "in.1"), ("c", "join"), ("join", "p"), ("p", "a")],
)


def test_steps_come_in_running_order_with_every_setting() -> None:
    plan = resolve(NET)
    assert [(step.id, step.type) for step in plan.steps] == [
        ("z", "Input"),
        ("c", "Conv2d"),
        ("b", "BatchNorm2d"),
        ("join", "Concat"),
        ("p", "MaxPool2d"),
        ("a", "Output"),
    ]
    assert (plan.inputs, plan.outputs) == (("z",), ("a",))
    steps = {step.id: step for step in plan.steps}
    assert steps["c"].config == {
        "in_channels": 3,
        "out_channels": 4,
        "kernel_size": (3, 1),
        "stride": (1, 1),
        "padding": "same",
        "dilation": (1, 1),
        "groups": 1,
        "bias": True,
        "padding_mode": "zeros",
        "trainable": True,
    }
    assert steps["b"].config["num_features"] == 4
    assert steps["b"].config["momentum"] is None
    assert steps["p"].config["stride"] == (2, 2)
    assert steps["z"].config == {"shape": ("B", 3, 8, 8), "dtype": "float32"}
    assert steps["join"].inputs == (("in.0", "c", "out"), ("in.1", "b", "out"))
    assert steps["join"].input_shapes == {"in.0": ("B", 4, 8, 8), "in.1": ("B", 4, 8, 8)}
    assert steps["join"].output_shapes == {"out": ("B", 8, 8, 8)}
    assert steps["a"].output_shapes == {}


def test_the_order_written_does_not_change_the_plan() -> None:
    backwards = network([("z", "Input", {"shape": ["B", 4]}), ("r", "ReLU", {}), ("o", "Output", {})], [])
    forwards = chain(("z", "Input", {"shape": ["B", 4]}), ("r", "ReLU", {}), ("o", "Output", {}))
    backwards = type(forwards)(forwards.name, backwards.nodes[::-1], forwards.edges[::-1])
    assert resolve(backwards) == resolve(forwards)


def test_an_edit_and_its_inverse_leave_the_plan() -> None:
    edits: list[Edit] = [RenameNode("c", "first"), Configure("first", {"bias": False})]
    assert resolve(apply(apply(NET, edits), invert(NET, edits))) == resolve(NET)


def test_an_invalid_network_has_no_plan() -> None:
    with pytest.raises(ValueError, match=r"^the network is not valid: ReLU `r`: nothing is connected to `in`"):
        resolve(network([("z", "Input", {"shape": [1]}), ("r", "ReLU", {}), ("o", "Output", {})], [("z", "o")]))
