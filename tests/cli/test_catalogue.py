"""`neuralforge catalogue`: the layers for people and for programs."""

import json

import blueprint
from tests.cli.conftest import Neuralforge, check_sentence


def test_every_layer_is_listed_in_a_line_under_its_family(neuralforge: Neuralforge):
    said = neuralforge("catalogue")
    assert (said.code, said.err) == (0, "")
    first_words = {line.split()[0] for line in said.out.splitlines() if line.strip()}
    assert set(blueprint.LAYERS) <= first_words
    assert {"Convolution", "Arithmetic", "Shape"} <= first_words
    assert said.out.index("Convolution") < said.out.index("Conv2d") < said.out.index("Arithmetic")


def test_the_list_for_programs_is_the_whole_catalogue(neuralforge: Neuralforge):
    assert json.loads(neuralforge("catalogue", "--json").out) == json.loads(json.dumps(blueprint.catalogue_json()))


def test_one_layer_is_shown_with_all_there_is_to_know(neuralforge: Neuralforge):
    said = neuralforge("catalogue", "Conv2d")
    layer = blueprint.LAYERS["Conv2d"]
    assert said.code == 0
    assert said.out.startswith(f"Conv2d (convolution): {layer.doc}")
    for field in layer.fields:
        row = next(line for line in said.out.splitlines() if line.startswith(f" {field.name} "))
        assert "required" in row or not field.required
    for part in (
        "PyTorch: torch.nn.Conv2d",
        "inputs: in",
        "also called: Conv2D",
        '"out_channels":16',
        "[B, 16, 32, 32]",
    ):
        assert part in said.out


def test_every_layer_can_be_shown(neuralforge: Neuralforge):
    for type, layer in blueprint.LAYERS.items():
        said = neuralforge("catalogue", type)
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith(f"{type} ({layer.category})")


def test_a_layer_is_found_by_its_other_names(neuralforge: Neuralforge):
    assert neuralforge("catalogue", "Dense").out == neuralforge("catalogue", "Linear").out
    assert list(json.loads(neuralforge("catalogue", "BiLSTM", "--json").out)) == ["LSTM"]
    assert "BiLSTM (bidirectional true)" in neuralforge("catalogue", "LSTM").out


def test_a_layer_that_is_not_there_is_refused(neuralforge: Neuralforge):
    check_sentence(neuralforge("catalogue", "Convv2d"), "no layer `Convv2d`", "did you mean Conv2d?")
    check_sentence(neuralforge("catalogue", "Quux"), "no layer `Quux`", "lists all there are")
    check_sentence(neuralforge("catalogue", "\x1b[31mred"), "no layer `?[31mred`")
