"""What is recorded with a run says how to get it again."""

import json
import subprocess
import sys

import torch

from foundry.reproduce import environment, reproducible


def test_the_environment_is_complete_and_json():
    found = environment()
    json.dumps(found, allow_nan=False)
    assert found["torch"] == torch.__version__
    assert found["threads"] == torch.get_num_threads()
    assert all(found[key] for key in ("python", "numpy", "platform", "cpu", "cpu_count", "device_name"))


def test_inside_a_run_torch_is_deterministic_and_seeded():
    device = torch.device("cpu")
    with reproducible(5, 1, device):
        inside, first = environment(), torch.rand(3)
    with reproducible(5, 1, device):
        assert torch.equal(first, torch.rand(3))
    assert (inside["threads"], inside["deterministic_algorithms"]) == (1, True)
    assert environment()["deterministic_algorithms"] is False


def test_importing_the_training_loop_needs_no_export_library():
    heavy = ("onnx", "onnxruntime", "sklearn", "pyarrow")
    script = f"import sys, foundry.train; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"
