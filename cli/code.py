"""`neuralforge code`: a blueprint as PyTorch source."""

from pathlib import Path

from cli.documents import read_valid
from foundry.source import emit


def run(file: Path) -> None:
    print(emit(read_valid(file)), end="")
