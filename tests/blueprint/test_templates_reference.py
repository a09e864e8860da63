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


def results(graph: Graph) -> list[list[int]]:
    """The shapes that come to the Outputs, in their order."""
    nodes = analyze(graph).nodes
    feeding = {edge.target: nodes[edge.source].outputs[edge.source_handle or "out"] for edge in graph.edges}
    return [numbers(feeding[node.id].shape) for node in graph.nodes if node.type == "Output"]


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
    assert results(graph) == [list(tensor.shape) for tensor in (made if isinstance(made, tuple) else (made,))]
