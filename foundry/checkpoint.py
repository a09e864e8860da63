"""A checkpoint: everything a run needs to go on as if it had never stopped, in one file.

One file, so that it is replaced in one step on disk and in an object store and can never be half old, half new.
It is safetensors with a JSON header, so reading it executes nothing, and every size is checked against the
blueprint before a tensor is copied. The learning rate is a function of the step, the order of rows a function of
seed and epoch: neither has state to save.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

import blueprint
from foundry.errors import FoundryError
from foundry.figures import finite
from foundry.options import TrainOptions
from foundry.weights import (
    Shapes,
    check_shapes,
    load_module,
    load_weights,
    meta_module,
    open_tensors,
    save_weights,
    shapes_of,
    write_whole,
)

__all__ = ["Best", "Checkpoint", "Progress", "load_module", "load_weights", "save_weights"]

FILE = "checkpoint.safetensors"
SCHEMA = "neuralforge.checkpoint/1"
# A run may be prolonged or moved on resume; whatever else differs would make it another run.
MAY_CHANGE = {"epochs", "device", "threads", "checkpoint_every"}


@dataclass(frozen=True)
class Progress:
    """Where a run stands: `position` batches of epoch `epoch` (from 0) are done, `step` optimiser steps in all."""

    epoch: int = 0
    position: int = 0
    step: int = 0


@dataclass(frozen=True)
class Best:
    """The epoch (from 1) with the highest validation accuracy so far; of equal ones the lowest loss, then the first.

    One whose loss is no number is the best only as long as there is no other: its weights are lost.
    """

    epoch: int
    step: int
    accuracy: float
    loss: float

    def beats(self, other: "Best | None") -> bool:
        """Whether this epoch takes the other's place."""
        return other is None or self._rank > other._rank

    @property
    def _rank(self) -> tuple[bool, float, float]:
        return math.isfinite(self.loss), self.accuracy, -self.loss


@dataclass(frozen=True)
class Checkpoint:
    """`optimizer` holds "<parameter number>/<name>"; `random` the generators' states; `figures` (steps, 2) the loss
    and hits of the current epoch's steps. Exact resumption needs equal `torch`, `threads` and `device`."""

    graph_hash: str
    options: TrainOptions
    progress: Progress
    torch: str
    threads: int
    weights: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    random: dict[str, Tensor]
    figures: Tensor
    best: Best | None
    best_weights: dict[str, Tensor]

    def save(self, folder: Path) -> Path:
        """Write the checkpoint into `folder`, replacing an older one in one step; returns the file's path."""
        groups = {name: getattr(self, name) for name in _GROUPS}
        tensors = {f"{group}/{key}": tensor for group, part in groups.items() for key, tensor in part.items()}
        tensors["figures"] = self.figures
        tensors = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        header = {"neuralforge": json.dumps(self._header(), sort_keys=True)}
        path = folder / FILE
        write_whole(path, lambda temporary: save_file(tensors, temporary, header))
        return path

    @classmethod
    def load(cls, folder: Path, graph: blueprint.Graph) -> "Checkpoint":
        """Read the checkpoint in `folder`; raises FoundryError unless it is whole and belongs to this blueprint."""
        path = folder / FILE
        with open_tensors(path) as file:
            header = _read_header(file.metadata() or {}, path)
            if header["graph_hash"] != blueprint.content_hash(graph):
                raise FoundryError(f"{path} belongs to another blueprint; resume with the graph it was trained from")
            check_shapes(file, _expected(file, graph, header["best"] is not None, path), path)
            groups: dict[str, dict[str, Tensor]] = {group: {} for group in _GROUPS}
            for name in sorted(file.keys()):
                group, _, key = name.partition("/")
                if key:
                    groups[group][key] = file.get_tensor(name)
            return cls(**header, **groups, figures=file.get_tensor("figures"))  # type: ignore[arg-type]

    def check_fits(self, graph: blueprint.Graph, options: TrainOptions) -> None:
        """Raise FoundryError where resuming with this graph and these options would be another run."""
        if self.graph_hash != blueprint.content_hash(graph):
            raise FoundryError("the checkpoint belongs to another blueprint; resume with the graph it was trained from")
        given, saved = asdict(options), asdict(self.options)
        for name in given.keys() - MAY_CHANGE:
            if given[name] != saved[name]:
                raise FoundryError(f"the checkpoint was trained with {name} {saved[name]!r}, not {given[name]!r}")

    def _header(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "graph_hash": self.graph_hash,
            "options": asdict(self.options),
            "progress": asdict(self.progress),
            "torch": self.torch,
            "threads": self.threads,
            "best": finite(asdict(self.best)) if self.best else None,
        }


_GROUPS = ("weights", "optimizer", "random", "best_weights")


def _read_header(metadata: Mapping[str, str], path: Path) -> dict[str, Any]:
    try:
        header = json.loads(metadata["neuralforge"])
        if header.pop("schema") != SCHEMA:
            raise FoundryError(f"{path} is not a {SCHEMA} file; train anew")
        counts = {**header["progress"], "threads": header["threads"]}
        if any(type(count) is not int or count < 0 for count in counts.values()):
            raise TypeError("counts must be whole numbers")
        header["options"] = TrainOptions(**header["options"])
        header["progress"] = Progress(**header["progress"])
        header["best"] = _read_best(header["best"]) if header["best"] else None
        return {name: header[name] for name in ("graph_hash", "options", "progress", "torch", "threads", "best")}
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise FoundryError(f"{path} is not a checkpoint of a training run; name the folder a run wrote") from error


def _read_best(saved: dict[str, Any]) -> Best:
    return Best(**saved | {"loss": math.nan if saved["loss"] is None else saved["loss"]})


def _expected(file: Any, graph: blueprint.Graph, has_best: bool, path: Path) -> Shapes:
    """What a checkpoint of this blueprint holds. Optimiser state is per parameter: of its shape, or one number."""
    module = meta_module(graph)
    weights = shapes_of(module.state_dict())
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    groups = ("weights", "best_weights") if has_best else ("weights",)
    shapes = {f"{group}/{key}": shape for group in groups for key, shape in weights.items()}
    shapes["random/cpu"] = (tuple(torch.get_rng_state().shape), torch.uint8)
    for name in file.keys():  # noqa: SIM118 (a handle, not a dict)
        group, _, key = name.partition("/")
        size = file.get_slice(name).get_shape()
        if group == "optimizer":
            number = key.partition("/")[0]
            if not (number.isdecimal() and int(number) < len(parameters)):
                raise FoundryError(f"{path} has optimiser state {key[:80]!r} for a parameter the blueprint lacks")
            shapes[name] = (tuple(parameters[int(number)].shape) if size else (), torch.float32)
        elif name == "random/cuda":
            shapes[name] = ((16,), torch.uint8)
        elif name == "figures":
            shapes[name] = ((size[0] if size else 0, 2), torch.float32)
    return shapes
