"""The same network made by torch itself, against which the standard-library rules are held."""

from typing import Any

import torch
from torch import Tensor, nn

from blueprint import Graph, resolve

FUNCTIONS = ("Input", "Output", "Add", "Concat")


class Reference(nn.Module):
    """Runs a plan step by step, keeping what each step gives."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.plan = resolve(graph)
        self.layers = nn.ModuleList(
            getattr(nn, step.type)(**step.config) for step in self.plan.steps if step.type not in FUNCTIONS
        )

    def forward(self, *given: Tensor) -> dict[str, Tensor]:
        """Given one tensor for each Input of the plan."""
        made: dict[str, Tensor] = dict(zip(self.plan.inputs, given, strict=True))
        layers = iter(self.layers)
        for step in self.plan.steps:
            inputs = [made[source] for _, source, _ in step.inputs]
            match step.type:
                case "Input" | "Output":
                    continue
                case "Add":
                    made[step.id] = sum(inputs[1:], inputs[0])
                case "Concat":
                    made[step.id] = torch.cat(inputs, step.config["dim"])
                case _:
                    made[step.id] = next(layers)(*inputs)
        return made


def sample(shape: Any, dtype: str, device: str) -> Tensor:
    """A tensor of zeros."""
    return torch.zeros(shape, dtype=getattr(torch, dtype), device=device)
