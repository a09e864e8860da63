"""`neuralforge code` and `neuralforge templates`: what to start from, and what becomes of it."""

import json
from pathlib import Path

import torch

import blueprint
from tests.cli.conftest import Neuralforge, check_sentence
from tests.cli.documents import invalid, valid


def test_the_source_printed_is_a_network_that_runs(neuralforge: Neuralforge, tmp_path: Path):
    said = neuralforge("code", valid(tmp_path))
    assert (said.code, said.err) == (0, "")
    names: dict[str, type[torch.nn.Module]] = {}
    exec(said.out, names)
    assert names["Tiny"]()(torch.zeros(3, 1, 8, 8)).shape == (3, 10)


def test_an_invalid_document_has_no_source(neuralforge: Neuralforge, tmp_path: Path):
    check_sentence(neuralforge("code", invalid(tmp_path)), "invalid.json is not valid: Linear `hidden`", "4 more")


def test_templates_are_listed_for_people_and_programs(neuralforge: Neuralforge):
    assert "digits-cnn" in neuralforge("templates").out
    listed = json.loads(neuralforge("templates", "--json").out)
    assert {"name", "title", "summary", "parameters"} == listed[0].keys()
    assert {template["name"] for template in listed} == {template.name for template in blueprint.templates()}


def test_a_template_becomes_a_valid_document(neuralforge: Neuralforge, tmp_path: Path):
    file = tmp_path / "new" / "cnn.json"
    assert neuralforge("templates", "digits-cnn", "--param", "width=8", "-o", file).code == 0
    assert blueprint.parse(file.read_bytes()) == blueprint.instantiate("digits-cnn", {"width": 8})
    assert neuralforge("templates", "digits-cnn", "--param", "width=8").out == file.read_text()
    assert neuralforge("check", file).code == 0


def test_templates_that_cannot_be_made_are_refused(neuralforge: Neuralforge):
    check_sentence(neuralforge("templates", "nope"), "nope", "there are digits-cnn")
    check_sentence(neuralforge("templates", "digits-cnn", "--param", "width=0"), "width is 0", "1 to 256")
    check_sentence(neuralforge("templates", "digits-cnn", "--param", "widht=8"), "widht", "it has classes")
    check_sentence(neuralforge("templates", "digits-cnn", "--param", "width"), "key=value")
