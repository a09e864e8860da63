"""The emitted source is what build() makes: same keys, same bits, nothing but torch, none of the user's text."""

from typing import Any

import pytest
import torch

import blueprint
from foundry.build import build
from foundry.source import class_name, emit
from tests.foundry.networks import INPUT, graph, residual_graph
from tests.foundry.sandbox import Sandbox, inputs_of, same


def several_layers_graph():
    """Layers with settings that are not the defaults."""
    conv = {"out_channels": 4, "kernel_size": [3, 2], "stride": [1, 2], "padding": [1, 0], "padding_mode": "reflect"}
    return graph(
        "all",
        INPUT,
        ("c1", "Conv2d", conv),
        ("c2", "Conv2d", {"out_channels": 8, "kernel_size": 3, "padding": "same", "dilation": 2, "groups": 4}),
        ("norm", "BatchNorm2d", {"affine": False, "momentum": None}),
        ("tanh", "Tanh", {}),
        ("avg", "AvgPool2d", {"kernel_size": 2, "stride": 1, "count_include_pad": False, "padding": 1}),
        ("silu", "SiLU", {}),
        ("max", "MaxPool2d", {"kernel_size": [3, 2], "ceil_mode": True}),
        ("id", "Identity", {}),
        ("ada", "AdaptiveAvgPool2d", {"output_size": [2, None]}),
        ("sig", "Sigmoid", {}),
        ("flat", "Flatten", {}),
        ("ln", "LayerNorm", {"eps": 1e-3}),
        ("gelu", "GELU", {}),
        ("fc", "Linear", {"out_features": 5, "bias": False}),
        ("soft", "Softmax", {"dim": -1}),
        ("out", "Output", {}),
    )


def several_ends_graph():
    return graph(
        "two in, two out",
        ("a", "Input", {"shape": ["B", 6], "dtype": "int64"}),
        ("b", "Input", {"shape": ["B", 6, 4]}),
        ("emb", "Embedding", {"num_embeddings": 11, "embedding_dim": 4, "padding_idx": 0}),
        ("sum", "Add", {}),
        ("act", "ReLU", {}),
        ("cat", "Concat", {"dim": -1}),
        ("fc", "Linear", {"out_features": 3}),
        ("first", "Output", {}),
        ("second", "Output", {}),
        edges=[
            ("a", "emb"),
            ("emb", "sum"),
            ("b", "sum"),
            ("sum", "act"),
            ("act", "cat"),
            ("sum", "cat"),
            ("b", "cat"),
            ("cat", "fc"),
            ("fc", "first"),
            ("act", "second"),
        ],
    )


GRAPHS = {"residual": residual_graph, "several layers": several_layers_graph, "several ends": several_ends_graph}


@pytest.mark.parametrize("name", GRAPHS)
def test_emitted_source_is_the_built_module(name, tmp_path):
    sandbox = Sandbox(tmp_path)
    graph = GRAPHS[name]()
    assert same(graph, inputs_of(graph, below=11), sandbox)
    sandbox.close()


def test_emitted_source_is_what_a_person_would_write(residual):
    assert emit(residual) == WRITTEN


def test_nothing_of_the_document_but_checked_values_gets_into_the_source():
    hostile = 'x"); import os; os.system("id") #\n\n__import__'
    document: Any = blueprint.to_document(residual_graph())
    document["name"] = hostile
    names = {node["id"]: f"{hostile}{i}" for i, node in enumerate(document["nodes"])}
    for node in document["nodes"]:
        node["id"] = names[node["id"]]
        node["meta"] = {"note": hostile}
    for edge in document["edges"]:
        edge["source"], edge["target"] = names[edge["source"]], names[edge["target"]]
    source = emit(blueprint.parse(document))
    body = source.replace("XImportOsOsSystemIdImport", "ResidualNet")
    assert body.count("\n") == WRITTEN.count("\n")
    assert "os." not in body
    assert "__import__" not in body
    assert build(blueprint.parse(document))(torch.rand(2, 1, 8, 8)).shape == (2, 10)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("tiny-cnn", "TinyCnn"),
        ("ResNet 18", "ResNet18"),
        ("3d net", "Network3dNet"),
        ("", "Network"),
        ("多层", "Network"),
        ("none", "Network"),
        ("a" * 99, "A" + "a" * 39),
    ],
)
def test_class_names(title, name):
    assert class_name(title) == name


WRITTEN = """\
import torch
from torch import nn


class ResidualNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.batchnorm2d_1 = nn.BatchNorm2d(1)
        self.conv2d_1 = nn.Conv2d(1, 8, 3, padding=1)
        self.batchnorm2d_2 = nn.BatchNorm2d(8)
        self.relu_1 = nn.ReLU()
        self.conv2d_2 = nn.Conv2d(8, 8, (3, 1), padding=(1, 0), bias=False)
        self.gelu_1 = nn.GELU(approximate='tanh')
        self.maxpool2d_1 = nn.MaxPool2d(2, stride=2)
        self.flatten_1 = nn.Flatten()
        self.layernorm_1 = nn.LayerNorm(144)
        self.dropout_1 = nn.Dropout(p=0.25)
        self.linear_1 = nn.Linear(144, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.batchnorm2d_1(x)
        conv2d_1 = self.conv2d_1(x)
        batchnorm2d_2 = self.batchnorm2d_2(conv2d_1)
        relu_1 = self.relu_1(batchnorm2d_2)
        conv2d_2 = self.conv2d_2(relu_1)
        gelu_1 = self.gelu_1(conv2d_2)
        add_1 = relu_1 + gelu_1
        x = torch.cat([add_1, x], dim=1)
        x = self.maxpool2d_1(x)
        x = self.flatten_1(x)
        x = self.layernorm_1(x)
        x = self.dropout_1(x)
        x = self.linear_1(x)
        return x
"""
