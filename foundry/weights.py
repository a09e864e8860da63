"""Weights of a blueprint as a safetensors file, checked against the blueprint before a byte is copied."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

import blueprint
from foundry.build import build
from foundry.errors import FoundryError
from foundry.heads import scores_alone

Shapes = dict[str, tuple[tuple[int, ...], torch.dtype]]


def expected_weights(graph: blueprint.Graph) -> Shapes:
    """Shape and dtype of every weight and buffer the blueprint owns, found without allocating any."""
    return shapes_of(meta_module(graph).state_dict())


def meta_module(graph: blueprint.Graph) -> torch.nn.Module:
    """The blueprint's module with shapes and dtypes but no memory behind them."""
    with torch.device("meta"):
        return build(graph)


def shapes_of(tensors: Mapping[str, Tensor]) -> Shapes:
    """Shape and dtype of each tensor."""
    return {key: (tuple(tensor.shape), tensor.dtype) for key, tensor in tensors.items()}


def save_weights(weights: Mapping[str, Tensor], path: Path) -> None:
    """Write a state dict as safetensors; the file appears whole or not at all."""
    tensors = {key: tensor.detach().cpu().contiguous() for key, tensor in weights.items()}
    write_whole(path, lambda temporary: save_file(tensors, temporary))


def load_weights(graph: blueprint.Graph, path: Path) -> dict[str, Tensor]:
    """Read a state dict for `build(graph)`; raises FoundryError unless keys, shapes and dtypes are exactly its own."""
    with open_tensors(path) as file:
        check_shapes(file, expected_weights(graph), path)
        return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (a handle, not a dict)


def load_module(graph: blueprint.Graph, path: Path) -> torch.nn.Module:
    """The blueprint's module with the weights in `path`, in evaluation mode; losses of its own are left out."""
    module = build(scores_alone(graph))
    module.load_state_dict(load_weights(graph, path))
    return module.eval()


@contextmanager
def open_tensors(path: Path) -> Iterator[Any]:
    """A safetensors file opened lazily; its header must account for every byte of the file."""
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except FileNotFoundError as error:
        raise FoundryError(f"{path} does not exist; name a safetensors file") from error
    except (SafetensorError, OSError) as error:
        raise FoundryError(f"{path} is not a whole safetensors file; save or fetch it again") from error


def check_shapes(file: Any, expected: Shapes, path: Path) -> None:
    """Raise FoundryError naming the first tensor of an opened file that is missing, foreign or not as expected."""
    found = set(file.keys())
    for key in sorted(expected.keys() - found):
        raise FoundryError(f"{path} lacks the tensor {key!r}; it was saved from another blueprint")
    for key in sorted(found - expected.keys()):
        raise FoundryError(f"{path} has a tensor {key[:80]!r} the blueprint does not; it was saved from another one")
    for key, (shape, dtype) in expected.items():
        part = file.get_slice(key)
        have = tuple(part.get_shape()), _DTYPES.get(part.get_dtype())
        if have != (shape, dtype):
            raise FoundryError(
                f"{path}: {key!r} is {part.get_dtype()} {list(have[0])} where the blueprint needs {dtype} {list(shape)}"
            )


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary sibling, flush it to disk, then put it in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        _flush(temporary)
        temporary.replace(path)
        _flush(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
