"""Templates give valid networks of the promised size, drawn without overlaps, and good enough for the digits."""

from typing import Any

import pytest

from blueprint import DocumentError, analyze, content_hash, instantiate, parse, templates, to_document

NAMES = [template.name for template in templates()]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_valid_and_reads_raw_digits(name: str) -> None:
    graph = instantiate(name)
    analysis = analyze(graph)
    assert analysis.valid
    assert analysis.issues == ()
    assert [str(size) for size in analysis.nodes["input"].outputs["out"].shape] == ["B", "1", "8", "8"]
    assert graph.nodes[1].type == "BatchNorm2d"
    assert 10_000 < analysis.totals.params < 60_000
    assert content_hash(parse(to_document(graph))) == content_hash(graph)


@pytest.mark.parametrize("name", NAMES)
def test_nodes_stand_on_the_grid_apart_from_each_other(name: str) -> None:
    places = [node.position for node in instantiate(name).nodes]
    assert all(place and place.x % 32 == 0 and place.y % 32 == 0 for place in places)
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("template", templates(), ids=NAMES)
def test_every_parameter_works_at_both_ends(template: Any) -> None:
    for parameter in template.parameters:
        for value in (parameter.minimum, parameter.maximum):
            assert analyze(instantiate(template.name, {parameter.name: value})).valid


def test_parameters_shape_the_network() -> None:
    graph = instantiate("digits-cnn", {"classes": 4, "width": 8, "dropout": 0})
    analysis = analyze(graph)
    assert [str(dim) for dim in analysis.nodes["classify"].outputs["out"].shape] == ["B", "4"]
    assert [str(dim) for dim in analysis.nodes["conv1"].outputs["out"].shape] == ["B", "8", "8", "8"]


@pytest.mark.parametrize(
    ("name", "parameters", "complaint"),
    [
        ("digits-rnn", {}, "there is no template `digits-rnn`; there are digits-cnn, digits-mlp, digits-resnet"),
        ("digits-cnn", {"depth": 3}, "no parameter `depth`; it has classes, dropout, width"),
        ("digits-cnn", {"width": 0}, "parameter width is 0; it must be an integer from 1 to 256"),
        ("digits-cnn", {"width": True}, "parameter width is true; it must be an integer"),
        ("digits-cnn", {"width": 1.5}, "parameter width is 1.5; it must be an integer"),
        ("digits-cnn", {"width": "16"}, 'parameter width is "16"; it must be an integer'),
        ("digits-cnn", {"dropout": float("nan")}, "not finite"),
        ("digits-cnn", {"dropout": None}, "parameter dropout is null; it must be a number from 0 to 0.9"),
    ],
)
def test_a_wrong_choice_is_told_what_there_is(name: str, parameters: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        instantiate(name, parameters)
    assert complaint in str(refusal.value)
