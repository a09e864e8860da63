"""The analysis says the same in both languages, to the letter: figures, totals, and issues in their order.

Networks are drawn by seed; a failure names the seed, by which `fitting_graph` or `broken_document` draws it again.
"""

import json
import random
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from blueprint import LAYERS, Graph, analyze, instantiate, parse, templates, to_document
from blueprint.codec import encode
from tests.blueprint.broken import JUNK, SIZES, broken_document
from tests.blueprint.browser import ask, said
from tests.blueprint.examples import single
from tests.blueprint.oracle import around
from tests.blueprint.random_graphs import FUZZ, SHAPES, fitting_graph, how_many
from tests.blueprint.random_settings import random_config
from tests.blueprint.test_examples import around as example_of

PARTS = 10
AT_ONCE = 100
DRAWN = [type for type in LAYERS if type not in ("Input", "Output", "Block", "GradCheckpoint")]
TRAININGS: list[dict[str, Any]] = [
    {},
    {"batch": 64, "precision": "bfloat16", "optimizer": "adamw"},
    {"batch": 3, "precision": "float16", "optimizer": "sgd"},
    {"batch": 2**40, "optimizer": "rmsprop"},
]

Named = tuple[str, Mapping[str, Any]]


def seeds(part: int, many: int) -> range:
    """The seeds of one part of a test; `make fuzz` begins anywhere."""
    first = random.SystemRandom().randrange(10**9) if FUZZ else part * many
    return range(first, first + many // PARTS)


def check(documents: Iterable[Named], training: Mapping[str, Any] | None = None) -> int:
    """Hold both analyses against each other; gives how many networks are valid."""
    named = list(documents)
    return sum(_check(named[first : first + AT_ONCE], training or {}) for first in range(0, len(named), AT_ONCE))


def _check(named: list[Named], training: Mapping[str, Any]) -> int:
    texts = [encode(document).decode() for _, document in named]
    told = ask("analyze", texts, training)
    here = [analyze(parse(text), **training).to_json() for text in texts]
    for (name, _), ours, theirs in zip(named, here, told, strict=True):
        assert json.loads(theirs) == ours, name
    return sum(analysis["valid"] is True for analysis in here)


@pytest.mark.parametrize("part", range(PARTS))
def test_fitting_networks(part: int) -> None:
    drawn = [(f"seed {seed}", to_document(fitting_graph(seed))) for seed in seeds(part, how_many(1_000, fuzz=50_000))]
    assert check(drawn, TRAININGS[part % len(TRAININGS)]) > len(drawn) * 0.9


@pytest.mark.parametrize("part", range(PARTS))
def test_broken_networks(part: int) -> None:
    drawn = [(f"seed {seed}", broken_document(seed)) for seed in seeds(part, how_many(1_000, fuzz=50_000))]
    assert check(drawn, TRAININGS[part % len(TRAININGS)]) < len(drawn) * 0.2


@pytest.mark.parametrize("part", range(PARTS))
def test_any_layer_with_any_settings(part: int) -> None:
    types = DRAWN[part::PARTS]
    for seed in seeds(part, how_many(200, fuzz=10_000)):
        check((f"{type}, seed {seed}", to_document(any_layer(type, seed))) for type in types)


def any_layer(type: str, seed: int) -> Graph:
    """One layer with settings that fit its type, or any, between tensors that hardly ever fit together."""
    chance = random.Random(f"{type} {seed}")
    layer = LAYERS[type]
    config = random_config(layer, chance)
    if layer.fields and chance.random() < 0.3:
        config[chance.choice(layer.fields).name] = chance.choice(JUNK)
    alike = chance.choice(SHAPES)
    ports = [port for port in layer.inputs if not port.optional or chance.random() < 0.5]
    handles = [
        f"{port.name}.{n}" if port.variadic else port.name for port in ports for n in range(_edges(port, chance))
    ]
    return around(type, config, [alike if chance.random() < 0.6 else _tensor(chance) for _ in handles], handles)


def _edges(port: Any, chance: random.Random) -> int:
    return chance.randint(port.minimum, port.minimum + 2) if port.variadic else 1


def _tensor(chance: random.Random) -> tuple[list[Any], str]:
    if chance.random() < 0.7:
        return chance.choice(SHAPES)
    return [chance.choice(SIZES) for _ in range(chance.randint(1, 5))], chance.choice(["float32", "int64"])


def test_the_example_of_each_layer() -> None:
    examples = [(type, to_document(example_of(LAYERS[type]))) for type in DRAWN]
    assert check(examples) == len(examples)


@pytest.mark.parametrize("training", TRAININGS)
def test_every_template(training: Mapping[str, Any]) -> None:
    drawn = [(template.name, to_document(instantiate(template.name))) for template in templates()]
    assert check(drawn, training) > 0


def test_counts_beyond_what_a_float_holds() -> None:
    wide = {"out_features": 2**31 - 1, "in_features": 2**31 - 1}
    graph = single("Linear", wide, [2**31 - 1, 2**31 - 1, 2**31 - 1])
    assert check([("wide", to_document(graph))]) == 1
    assert analyze(graph).totals.macs == (2**31 - 1) ** 4


@pytest.mark.parametrize("factor", [2, 1.5, 2**40, 10**20, 1e20, 1e30, 2**-10, 2**-11, 1e-7, 0.1])
def test_sizes_scaled_by_any_factor(factor: float) -> None:
    shapes: list[list[int | str]] = [["B", 1, 2**31 - 1], ["B", 1, 10], ["B", 1, "H"]]
    graphs = [single("Upsample", {"scale_factor": factor}, shape) for shape in shapes]
    check((f"{graph}", to_document(graph)) for graph in graphs)


@pytest.mark.parametrize("training", [{"batch": 0}, {"precision": "float8"}, {"optimizer": "`magic`"}])
def test_settings_of_training_that_do_not_exist(training: dict[str, Any]) -> None:
    document = to_document(single("ReLU", {}, ["B", 8]))
    with pytest.raises(ValueError, match=r"must be at least 1|is unknown") as refusal:
        analyze(parse(document), **training)
    assert said("analyze", [json.dumps(document)], training) == str(refusal.value)
