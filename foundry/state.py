"""The state of a run in memory: what the loop changes step by step, and how it becomes a checkpoint and back."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

import blueprint
from foundry.build import build
from foundry.checkpoint import Best, Checkpoint, Progress
from foundry.heads import heads_of, split_heads
from foundry.options import OPTIMIZERS, PRECISIONS, TrainOptions


class RunState:
    """A freshly initialised model and its optimiser on their device; `restore` moves on to where a checkpoint was.

    `figures` (steps, 2) are loss and hits of the current epoch's steps, as far as a checkpoint brought them.
    """

    def __init__(self, graph: blueprint.Graph, options: TrainOptions, device: torch.device) -> None:
        self.graph_hash = blueprint.content_hash(graph)
        self.options = options
        self.device = device
        # Images laid out pixel by pixel: measured 1.25x faster on the CPU (digits-cnn), and what tensor cores want.
        self.model = build(graph).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.heads = heads_of(graph)
        self.optimizer = OPTIMIZERS[options.optimizer](self.parameters, options)
        self.progress = Progress()
        self.figures = torch.empty(0, 2, device=device)
        self.best: Best | None = None
        self.best_weights: dict[str, Tensor] = {}

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor | float]:
        """The scores (N, classes), and the sum of the losses that the network itself adds."""
        with self.autocast():
            return split_heads(self.model(inputs), self.heads)

    def autocast(self) -> AbstractContextManager[object]:
        """The context a forward pass runs in."""
        if self.options.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=PRECISIONS[self.options.precision])

    def keep_if_best(self, candidate: Best) -> None:
        """Keep a copy of the weights when the epoch that made them beats the best so far."""
        if candidate.beats(self.best):
            self.best = candidate
            self.best_weights = _copy(self.model.state_dict())

    def checkpoint(self, figures: Tensor) -> Checkpoint:
        """A copy of everything the run needs to go on; `figures` are those of the current epoch."""
        return Checkpoint(
            graph_hash=self.graph_hash,
            options=self.options,
            progress=self.progress,
            torch=torch.__version__,
            threads=torch.get_num_threads(),
            weights=_copy(self.model.state_dict()),
            optimizer=self._optimizer_state(),
            random=random_state(self.device),
            figures=figures.clone(),
            best=self.best,
            best_weights=self.best_weights,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go to where the checkpoint was made."""
        self.model.load_state_dict(checkpoint.weights)
        self._restore_optimizer(checkpoint.optimizer)
        restore_random_state(checkpoint.random, self.device)
        self.progress = checkpoint.progress
        self.figures = checkpoint.figures.to(self.device)
        self.best = checkpoint.best
        self.best_weights = {key: tensor.to(self.device) for key, tensor in checkpoint.best_weights.items()}

    def _optimizer_state(self) -> dict[str, Tensor]:
        state = self.optimizer.state_dict()["state"]
        return {f"{number}/{name}": value.clone() for number, part in state.items() for name, value in part.items()}

    def _restore_optimizer(self, saved: dict[str, Tensor]) -> None:
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in saved.items():
            number, _, name = key.partition("/")
            parameter = self.parameters[int(number)]
            like = torch.empty_like(parameter) if value.shape == parameter.shape else torch.empty_like(value)
            state.setdefault(int(number), {})[name] = like.detach().copy_(value)
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})


def random_state(device: torch.device) -> dict[str, Tensor]:
    """The state of each generator a training step draws from."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def restore_random_state(state: dict[str, Tensor], device: torch.device) -> None:
    """Set the generators back; a checkpoint from another kind of device brings no state for this one."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)


def _copy(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: tensor.detach().clone() for key, tensor in tensors.items()}
