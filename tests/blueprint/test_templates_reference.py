"""Templates without published figures cost what the same network, written in PyTorch by hand, costs."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from blueprint import Graph, analyze, instantiate
from blueprint.dimensions import Shape, substitute
from tests.blueprint.template_references import BATCH, LENGTH, REFERENCES, Reference

SIZES = {"B": BATCH, "T": LENGTH}
IDS = [f"{reference.template}-{number}" for number, reference in enumerate(REFERENCES)]


def numbers(shape: Shape) -> list[int]:
    return [int(str(substitute(dim, SIZES))) for dim in shape]


def result(graph: Graph) -> list[int]:
    """The shape that comes to the Output."""
    (edge,) = [edge for edge in graph.edges if edge.target == "output"]
    return numbers(analyze(graph).nodes[edge.source].outputs[edge.source_handle or "out"].shape)


@pytest.mark.parametrize("reference", REFERENCES, ids=IDS)
def test_a_template_equals_its_reference(reference: Reference) -> None:
    graph = instantiate(reference.template, reference.given)
    totals = analyze(graph).totals
    with torch.device("meta"):
        module = reference.module()
        with FlopCounterMode(display=False) as counter:
            made = module(reference.sample())
    assert totals.params == sum(parameter.numel() for parameter in module.parameters())
    assert 2 * BATCH * int(str(substitute(totals.macs, {"T": LENGTH}))) == counter.get_total_flops()
    assert result(graph) == list(made.shape)
