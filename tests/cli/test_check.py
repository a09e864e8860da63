"""`neuralforge check`: exit 0 valid, 1 invalid, 2 unreadable, and the analysis as contracts promise it."""

import json
from pathlib import Path

import pytest

import blueprint
from tests.cli.conftest import Neuralforge, check_sentence
from tests.cli.documents import HOSTILE, invalid, valid
from tests.services.training.lab import TINY

FIGURES = {"outputs", "params", "trainable_params", "macs", "flops", "activation_bytes"}
TOTALS = {"params", "trainable_params", "macs", "flops", "weight_bytes", "activation_bytes", "training_bytes"}


def test_a_valid_document_ends_with_0(neuralforge: Neuralforge, tmp_path: Path):
    said = neuralforge("check", valid(tmp_path))
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("valid\n")
    assert "1,210" in said.out  # 64 * 16 + 16 + 16 * 10 + 10


def test_the_analysis_as_json(neuralforge: Neuralforge, tmp_path: Path):
    said = neuralforge("check", valid(tmp_path), "--json")
    analysis = json.loads(said.out)
    assert analysis.keys() == {"valid", "issues", "nodes", "totals", "catalogue"}
    assert (analysis["valid"], analysis["issues"]) == (True, [])
    assert analysis["nodes"].keys() == {node["id"] for node in TINY["nodes"]}  # type: ignore[index]
    assert all(figures.keys() == FIGURES for figures in analysis["nodes"].values())
    assert analysis["nodes"]["flat"]["outputs"] == {"out": {"shape": ["B", 64], "dtype": "float32"}}
    assert analysis["totals"].keys() == TOTALS
    assert (analysis["totals"]["params"], analysis["totals"]["macs"]) == ("1210", "1184")


def test_memory_follows_batch_precision_and_optimizer(neuralforge: Neuralforge, tmp_path: Path):
    def training_bytes(*options: str) -> int:
        said = neuralforge("check", valid(tmp_path), "--json", *options)
        return int(json.loads(said.out)["totals"]["training_bytes"])

    assert training_bytes("--batch", "64") > training_bytes()
    assert training_bytes("--precision", "bfloat16") < training_bytes()
    assert training_bytes("--optimizer", "sgd") < training_bytes()


def test_an_invalid_document_ends_with_1_and_every_issue(neuralforge: Neuralforge, tmp_path: Path):
    said = neuralforge("check", invalid(tmp_path), "--json")
    analysis = json.loads(said.out)
    assert (said.code, analysis["valid"]) == (1, False)
    first = analysis["issues"][0]
    assert first.keys() == {"code", "severity", "node", "port", "message", "hint"}
    assert (first["code"], first["severity"], first["node"]) == ("bad_config", "error", "hidden")
    shown = neuralforge("check", invalid(tmp_path))
    assert shown.code == 1
    assert "error: Linear `hidden`: out_features is 0" in shown.out


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_end_with_2_and_one_sentence(neuralforge: Neuralforge, tmp_path: Path, kind: str):
    file = tmp_path / "hostile.json"
    file.write_bytes(HOSTILE[kind])
    check_sentence(neuralforge("check", file), str(file))
    check_sentence(neuralforge("check", file, "--json"), str(file))


def test_what_is_no_file_ends_with_2(neuralforge: Neuralforge, tmp_path: Path):
    check_sentence(neuralforge("check", tmp_path / "missing.json"), "missing.json", "name a blueprint document")
    check_sentence(neuralforge("check", tmp_path), "name a blueprint document")


def test_a_file_over_the_limit_is_not_even_read(neuralforge: Neuralforge, tmp_path: Path):
    vast = tmp_path / "vast.json"
    with vast.open("wb") as file:
        file.truncate(2**40)  # a hole: a terabyte that takes no space
    check_sentence(neuralforge("check", vast), "1099511627776 bytes", "over the limit")


def test_unknown_settings_are_named(neuralforge: Neuralforge, tmp_path: Path):
    check_sentence(neuralforge("check", valid(tmp_path), "--precision", "float8"), "float8", "bfloat16")
    check_sentence(neuralforge("check", valid(tmp_path), "--optimizer", "magic"), "magic", "adamw")


def test_terminal_codes_in_a_name_are_not_passed_on(neuralforge: Neuralforge, tmp_path: Path):
    document = blueprint.to_document(blueprint.parse(valid(tmp_path).read_bytes()))
    file = tmp_path / "named.json"
    file.write_text(json.dumps(document | {"name": "\x1b[31mred[bold]"}))
    said = neuralforge("check", file)
    assert "\x1b" not in said.out + said.err
