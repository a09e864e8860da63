"""What a network is, in digests: its state at birth, its outputs and its gradients, bit for bit.

Imported by the tests for built modules; run as a program, with torch and nothing of this project, for emitted source:
each line of standard input is {"source", "inputs"}, each line of output the digests, or {"error"}.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

BATCH = 2
SEED = 7


def digests(module: nn.Module, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """Digests of a module that was made after `torch.manual_seed(SEED)`; inputs are {"shape", "dtype", "below"}."""
    born = {key: _digest(tensor) for key, tensor in module.state_dict().items()}
    results: dict[str, Any] = {"state": born}
    for mode in ("eval", "train"):
        getattr(module, mode)()
        module.zero_grad(set_to_none=True)
        torch.manual_seed(SEED + 1)
        given = [_tensor(each) for each in inputs]
        made = module(*given)
        outputs = made if isinstance(made, tuple) else (made,)
        results[mode] = [_digest(each) for each in outputs]
        differentiable = [each.float().sin().sum() for each in outputs if each.requires_grad]
        if differentiable:
            torch.stack(differentiable).sum().backward()
        results[f"{mode} gradients"] = {
            name: _digest(each.grad) for name, each in module.named_parameters() if each.grad is not None
        }
        results[f"{mode} shapes"] = [list(each.shape) for each in outputs]
    return results


def _tensor(given: dict[str, Any]) -> torch.Tensor:
    shape, dtype = given["shape"], getattr(torch, given["dtype"])
    if dtype.is_floating_point:
        return torch.rand(shape).to(dtype).requires_grad_()
    return torch.randint(0, 2 if dtype == torch.bool else given["below"], shape).to(dtype)


def _digest(tensor: torch.Tensor) -> str:
    plain = tensor.detach().contiguous()
    data = plain.view(torch.uint8).numpy().tobytes() if plain.numel() and plain.dim() else str(plain.tolist()).encode()
    return f"{tensor.dtype} {list(tensor.shape)} {hashlib.sha256(data).hexdigest()[:16]}"


def network_of(source: str) -> type[nn.Module]:
    """The last class of emitted source."""
    space: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(source, "model.py", "exec"), space)
    classes: list[type[nn.Module]] = [
        each
        for each in space.values()
        if isinstance(each, type) and issubclass(each, nn.Module) and each.__module__ == "emitted"
    ]
    return classes[-1]


def attempt(make: Callable[[], nn.Module], inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """The digests of what `make` makes, or how it failed."""
    torch.manual_seed(SEED)
    try:
        return digests(make(), inputs)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.set_num_threads(1)
    for line in sys.stdin:
        case = json.loads(line)
        print(json.dumps(attempt(lambda: network_of(case["source"])(), case["inputs"])), flush=True)  # noqa: B023


if __name__ == "__main__":
    main()
