"""The spelling of layers needs no torch, and agrees with it."""

import inspect
import subprocess
import sys

import pytest
from torch import nn

import blueprint
from foundry.spelling import OURS, arguments, is_class, is_own, own_class

CLASSES = [type for type in blueprint.LAYERS if is_class(type)]
OWN = [type for type in blueprint.LAYERS if is_own(type)]


def test_source_is_emitted_without_torch() -> None:
    check = "import sys, foundry.source; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize("type", CLASSES)
def test_settings_have_the_names_and_defaults_of_the_class(type: str) -> None:
    """Sequences come batch first here, and not in PyTorch; sizes that the input determines may have a default there.

    Settings that belong to the call are no arguments of the class; a function as default goes by its name here.
    """
    layer = blueprint.LAYERS[type]
    signature = inspect.signature(getattr(nn, layer.torch.removeprefix("nn."))).parameters
    kwargs = any(parameter.kind == parameter.VAR_KEYWORD for parameter in signature.values())
    fields = [field for field in layer.fields if field.name not in OURS and f"{field.name}=" not in layer.call]
    for field in fields:
        assert field.name in signature or kwargs, field.name
        if field.name not in signature or field.required or field.determined or field.name == "batch_first":
            continue
        default = signature[field.name].default
        assert getattr(default, "__name__", default) == field.default, field.name
    positional = [field.name for field in fields if field.required or field.determined]
    if not kwargs:
        leading = [name for name in signature if name in positional]
        assert positional == leading, "settings stand in the order of the class's arguments"


@pytest.mark.parametrize("type", OWN)
def test_own_classes_take_settings_and_sizes(type: str) -> None:
    own = own_class(blueprint.LAYERS[type].torch)
    assert own.text.startswith(f"class {own.name}(nn.Module):")
    modules = {line.split()[1] for line in own.imports}
    assert modules <= {"math", "torch", "torch.nn", "typing", "collections.abc"}


def test_what_is_default_is_not_written() -> None:
    config = {
        "kernel_size": (3, 3),
        "stride": (2, 1),
        "padding": (0, 0),
        "dilation": (1, 1),
        "ceil_mode": False,
        "return_indices": False,
    }
    assert arguments("MaxPool2d", config) == ({"kernel_size": 3}, {"stride": (2, 1)})
