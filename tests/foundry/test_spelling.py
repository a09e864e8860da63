"""The spelling of layers needs no torch, and agrees with it."""

import inspect
import subprocess
import sys

import pytest

import blueprint
from foundry.layers import FUNCTIONS, MODULES
from foundry.spelling import BY_NAME, arguments
from foundry.spelling import FUNCTIONS as WRITTEN


def test_source_is_emitted_without_torch() -> None:
    check = "import sys, foundry.source; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_written_functions_are_those_that_run() -> None:
    assert WRITTEN.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("type", MODULES)
def test_settings_have_the_order_and_defaults_of_the_class(type: str) -> None:
    signature = inspect.signature(MODULES[type]).parameters
    fields = blueprint.LAYERS[type].fields
    assert [field.name for field in fields] == [name for name in signature if name in {f.name for f in fields}]
    for field in fields:
        default = signature[field.name].default
        if (field.required or field.determined) and (type, field.name) not in BY_NAME:
            assert default is inspect.Parameter.empty
        else:
            assert field.default == default


def test_what_is_default_is_not_written() -> None:
    config = {"kernel_size": (3, 3), "stride": (2, 1), "padding": (0, 0), "dilation": (1, 1), "ceil_mode": False}
    assert arguments("MaxPool2d", config) == ([3], {"stride": (2, 1)})
