"""An export job whose converter writes a network slightly other than the trained one."""

import copy
from pathlib import Path

import torch
from torch import nn

import blueprint
import foundry.export
from services.export import worker

convert = foundry.export.to_onnx


def perturbed(module: nn.Module, graph: blueprint.Graph, path: Path) -> None:
    crooked = copy.deepcopy(module)
    with torch.no_grad():
        next(crooked.parameters()).mul_(1.001)
    convert(crooked, graph, path)


foundry.export.to_onnx = perturbed

if __name__ == "__main__":
    worker.main()
