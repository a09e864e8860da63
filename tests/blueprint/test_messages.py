"""A message says what is wrong, where, and how to mend it: in one short sentence of the layer's own words."""

from typing import Any

import pytest

from blueprint import analyze, parse
from tests.blueprint.examples import Layer, chain, network, single
from tests.blueprint.issues import OUTPUT, only

MESSAGES = [
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": 5}, ["B", 3, 3, 3]),
        "shape_mismatch",
        "Conv2d `layer`: kernel 5x5 does not fit the 3x3 input (dilation 1, padding 0);"
        " use padding >= 1 or a kernel of at most 3",
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": [3, 5], "dilation": [1, 2]}, ["B", 3, 3, 3]),
        "shape_mismatch",
        "Conv2d `layer`: kernel 3x5 does not fit the 3x3 input (dilation 1x2, padding 0);"
        " use padding >= 3 or a kernel of at most 3x2",
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": 1, "in_channels": 4}, ["B", 3, 3, 3]),
        "bad_config",
        "Conv2d `layer`: in_channels is 4 but the input gives 3; leave in_channels out or set it to 3",
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": 1, "groups": 2}, ["B", 3, 3, 3]),
        "bad_config",
        "Conv2d `layer`: groups is 2, which does not divide both in_channels (3) and out_channels (4);"
        " set groups to a common divisor of the two",
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": "same"}, ["B", 3, 8, 8]),
        "bad_config",
        'Conv2d `layer`: padding "same" works only with stride 1, not 2;'
        " set stride to 1 or give the padding as a number",
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": 3}, ["B", 192]),
        "shape_mismatch",
        "Conv2d `layer`: needs an image [N, C, H, W] or [C, H, W] but gets [B, 192], which has 2 dimensions;"
        " feed it an image, before any Flatten",
    ),
    (
        ("Conv2d", {"kernel_size": 3}, ["B", 3, 8, 8]),
        "bad_config",
        "Conv2d `layer`: needs out_channels; set it to an integer from 1 to 2^31 - 1",
    ),
    (
        ("Conv2d", {"out_channels": True, "kernel_size": 3}, ["B", 3, 8, 8]),
        "bad_config",
        "Conv2d `layer`: out_channels is true; it must be an integer from 1 to 2^31 - 1",
    ),
    (
        ("Conv2d", {"out_channels": 10**30, "kernel_size": 3}, ["B", 3, 8, 8]),
        "bad_config",
        "Conv2d `layer`: out_channels is 1000000000000000000000000000000; it must be an integer from 1 to 2^31 - 1",
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": [3, 3, 3]}, ["B", 3, 8, 8]),
        "bad_config",
        "Conv2d `layer`: kernel_size is [3,3,3];"
        " it must be an integer or a pair [height, width] of integers from 1 to 2^31 - 1",
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": "full"}, ["B", 3, 8, 8]),
        "bad_config",
        'Conv2d `layer`: padding is "full"; it must be an integer or a pair [height, width] of integers'
        ' from 0 to 2^31 - 1 or "same" or "valid"',
    ),
    (
        ("Conv2d", {"out_channels": 4, "kernal_size": 3, "kernel_size": 3}, ["B", 3, 8, 8]),
        "unknown_field",
        "Conv2d `layer`: has no setting `kernal_size`; did you mean kernel_size?",
    ),
    (
        ("Dropout", {"p": 1.5}, ["B", 3]),
        "bad_config",
        "Dropout `layer`: p is 1.5; it must be a number from 0 to 1",
    ),
    (
        ("Linear", {"out_features": 4}, ["B", 3, "W"]),
        "shape_mismatch",
        "Linear `layer`: cannot size its weights: the input gives in_features = W, which is not a number;"
        " give the Input a fixed size there, or pool to one",
    ),
    (
        ("MaxPool2d", {"kernel_size": 2, "padding": 2}, ["B", 3, 8, 8]),
        "bad_config",
        "MaxPool2d `layer`: padding 2 is more than half the kernel of 2x2; use a padding of at most 1",
    ),
    (
        ("MaxPool2d", {"kernel_size": 9}, ["B", 3, 8, 8]),
        "shape_mismatch",
        "MaxPool2d `layer`: a window of 9x9 does not fit the 8x8 input (padding 0);"
        " use a smaller kernel_size, or pool less before",
    ),
    (
        ("BatchNorm2d", {}, ["B", 3]),
        "shape_mismatch",
        "BatchNorm2d `layer`: needs a batch of images [N, C, H, W] but gets [B, 3], which has 2 dimensions;"
        " use the BatchNorm for that many, or reshape before it",
    ),
    (
        ("Flatten", {"start_dim": 3}, ["B", 3]),
        "bad_config",
        "Flatten `layer`: start_dim is 3 but the input has 2 dimensions; set start_dim to a value from -2 to 1",
    ),
    (
        ("Conv4d", {}, ["B", 3]),
        "unknown_type",
        "`layer` is of type `Conv4d`, which does not exist; did you mean Conv1d?",
    ),
    (
        ("Concat", {"dim": 4}, ["B", 3]),
        "bad_config",
        "Concat `layer`: dim is 4 but the input has 2 dimensions; set dim to a value from -2 to 1",
    ),
    (
        ("Embedding", {"num_embeddings": 3, "embedding_dim": 2}, ["B", 3]),
        "dtype_mismatch",
        "Embedding `layer`: looks up tokens but gets float32; give the Input dtype int64",
    ),
]


@pytest.mark.parametrize(("layer", "code", "message"), MESSAGES)
def test_a_message_says_what_where_and_how_to_mend_it(layer: Any, code: str, message: str) -> None:
    issue = only(single(*layer), code)
    assert issue.message == message
    assert issue.severity == "error"
    assert issue.hint
    assert message.endswith(issue.hint)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ([], "float32"),
        ([0], "float32"),
        ([-1], "float32"),
        ([True], "float32"),
        ([1.5], "float32"),
        ([None], "float32"),
        (["B", "H - H"], "float32"),
        (["B", "H/2"], "float32"),
        (["B", "2147483648"], "float32"),
        ([10**30], "float32"),
        (["__import__('os')"], "float32"),
        ([1] * 9, "float32"),
        ("B", "float32"),
        ([1], "complex64"),
        ([1], None),
    ],
)
def test_an_input_wants_sizes_and_a_dtype(shape: Any, dtype: Any) -> None:
    issue = only(chain(("in", "Input", {"shape": shape, "dtype": dtype}), OUTPUT), "bad_config", "in")
    assert len(issue.message) < 250


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            ("Conv2d", {"out_channels": 4, "kernel_size": 5, "padding": 1}, ["B", 3, "H", 8]),
            "Conv2d `layer`: kernel 5x5 may not fit the H x 8 input (dilation 1, padding 1);"
            " make sure the input is at least 3x3",
        ),
        (
            ("MaxPool2d", {"kernel_size": 2}, ["B", 3, "H + 1", "W"]),
            "MaxPool2d `layer`: a window of 2x2 may not fit the (H + 1) x W input (padding 0);"
            " use a smaller kernel_size, or pool less before",
        ),
        (
            ("Linear", {"out_features": 4, "in_features": 12}, ["B", "T"]),
            "Linear `layer`: in_features is 12 but the input gives T; leave in_features out or set it to T",
        ),
        (
            ("BatchNorm2d", {}, [1, 3, 1, 1]),
            "BatchNorm2d `layer`: gets one value per channel, too few for statistics when training;"
            " use a batch of at least 2",
        ),
    ],
)
def test_what_named_sizes_leave_open_is_a_warning(layer: Any, message: str) -> None:
    analysis = analyze(single(*layer))
    assert [(issue.severity, issue.message) for issue in analysis.issues] == [("warning", message)]
    assert analysis.valid


HUGE = "x" * 100_000


def test_names_in_messages_are_quoted_and_short() -> None:
    layers: list[Layer] = [
        ("in`\n\x1b[31m", "Input", {"shape": [0]}),
        (HUGE, HUGE, {HUGE: HUGE}),
        ("r", "ReLU", {HUGE: 1}),
    ]
    for issue in analyze(network(layers, [(HUGE, "r", HUGE), ("r", HUGE + "y")])).issues:
        assert len(issue.message) < 400
        assert issue.message.isprintable()


@pytest.mark.parametrize(
    ("type", "right", "message"),
    [
        ("Add", [2, 4], "cannot add [2, 3] and [2, 4]: sizes must be equal or 1, counted from the last"),
        ("Add", [2, "T"], "may be unable to add [2, 3] and [2, T]: sizes must be equal or 1, counted from the last"),
        ("Concat", [1, 3], "cannot join [2, 3] and in.1 [1, 3] along dim 1: other sizes differ"),
        ("Concat", ["T", 3], "may be unable to join [2, 3] and in.1 [T, 3] along dim 1: other sizes may differ"),
    ],
)
def test_branches_that_do_not_meet_are_shown_with_their_shapes(type: str, right: list[Any], message: str) -> None:
    layers: list[Layer] = [("a", "Input", {"shape": [2, 3]}), ("b", "Input", {"shape": right}), ("layer", type, {})]
    graph = network([*layers, OUTPUT], [("a", "layer"), ("b", "layer"), ("layer", "out")])
    issue = only(graph, "shape_mismatch")
    assert issue.message.startswith(f"{type} `layer`: {message}; bring ")
    assert (issue.severity == "warning") == ("T" in right)


def test_long_sizes_are_cut_in_messages() -> None:
    long = " + ".join(f"Size_number_{n}" for n in range(9))
    issue = only(single("Linear", {"out_features": 1}, ["B", long]), "shape_mismatch")
    assert len(issue.message) < 250


def test_a_flood_of_unknown_keys_is_cut_short() -> None:
    document: dict[str, Any] = {"schema": "neuralforge.blueprint/1", "name": "n", "nodes": [], "edges": []}
    graph = parse(document | {f"key{number}": 0 for number in range(5000)})
    issues = analyze(graph).issues
    assert sum(issue.code == "unknown_field" for issue in issues) == 1000
    assert [issue.message for issue in issues if issue.code == "limit"] == [
        "more than 1000 unknown keys; write the document anew"
    ]
