"""Templates give valid networks whatever one chooses for them, drawn without overlaps."""

from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprint import DocumentError, Graph, analyze, instantiate, parse, templates, to_document
from blueprint.templates import Parameter, Template

TEMPLATES = templates()
NAMES = [template.name for template in TEMPLATES]
DIGITS = [name for name in NAMES if name.startswith("digits-")]


def levels(graph: Graph) -> Iterator[Graph]:
    """A graph and all that its Blocks hold."""
    yield graph
    for node in graph.nodes:
        if node.graph is not None:
            yield from levels(node.graph)


@pytest.mark.parametrize("name", DIGITS)
def test_a_template_for_digits_reads_raw_digits(name: str) -> None:
    graph = instantiate(name)
    analysis = analyze(graph)
    assert [str(size) for size in analysis.nodes["input"].outputs["out"].shape] == ["B", "1", "8", "8"]
    assert graph.nodes[1].type == "BatchNorm2d"
    assert 10_000 < analysis.totals.params < 60_000


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_nothing_to_mend(name: str) -> None:
    graph = instantiate(name)
    analysis = analyze(graph)
    assert analysis.issues == ()
    assert graph.name == name
    assert parse(to_document(graph)) == graph


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_analysed_in_half_a_second(name: str) -> None:
    graph = instantiate(name)
    began = process_time()
    analyze(graph)
    assert process_time() - began < 0.5


@pytest.mark.parametrize("name", NAMES)
def test_nodes_stand_on_the_grid_apart_from_each_other(name: str) -> None:
    for graph in levels(instantiate(name)):
        places = [node.position for node in graph.nodes]
        assert all(place and place.x % 32 == 0 and place.y % 32 == 0 for place in places)
        assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_stands_below_what_feeds_it(name: str) -> None:
    for graph in levels(instantiate(name)):
        height = {node.id: node.position.y for node in graph.nodes if node.position}
        assert all(height[edge.source] < height[edge.target] for edge in graph.edges)


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_every_parameter_works_at_both_ends(template: Template) -> None:
    for parameter in template.parameters:
        for value in (parameter.minimum, parameter.maximum):
            assert analyze(instantiate(template.name, {parameter.name: value})).issues == (), (parameter.name, value)


def values(parameter: Parameter) -> st.SearchStrategy[int | float]:
    low, high = parameter.minimum, parameter.maximum
    if parameter.type == "number":
        return st.floats(low, high)
    step = parameter.multiple
    return st.integers(-(-int(low) // step), int(high) // step).map(lambda n: n * step)


CHOICES = {
    template.name: st.fixed_dictionaries({}, optional={each.name: values(each) for each in template.parameters})
    for template in TEMPLATES
}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_choice_gives_a_valid_network(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    assert analyze(instantiate(name, data.draw(CHOICES[name]))).issues == ()


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_texts_are_sentences_and_defaults_are_allowed(template: Template) -> None:
    assert template.summary.endswith(".")
    assert template.title
    for parameter in template.parameters:
        assert parameter.help.endswith(".")
        assert parameter.read(parameter.default) == parameter.default


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
        ("unet", {"size": 250}, "parameter size is 250; it must be a multiple of 16 from 16 to 2048"),
    ],
)
def test_a_wrong_choice_is_told_what_there_is(name: str, parameters: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        instantiate(name, parameters)
    assert complaint in str(refusal.value)
