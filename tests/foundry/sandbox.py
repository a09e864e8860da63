"""Emitted source is run apart: a process that can import torch but not this project, with little memory and time."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

import blueprint
from foundry.build import build
from foundry.source import emit
from tests.foundry.digests import BATCH, attempt

SECONDS = 600
MEMORY = 12 * 2**30


class Sandbox:
    """One process for many networks, one after another."""

    def __init__(self, folder: Path) -> None:
        program = Path(__file__).with_name("digests.py").read_text()
        (folder / "digests.py").write_text(program)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "digests.py"],
            cwd=folder,
            env={"PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=_limit,
        )

    def run(self, source: str, inputs: list[dict[str, Any]]) -> Any:
        """The digests of the network that source defines."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"source": source, "inputs": inputs}), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))


def inputs_of(graph: blueprint.Graph, sizes: dict[str, int] | None = None, below: int = 2) -> list[dict[str, Any]]:
    """What enters a network: named sizes as given, B as a small batch; integers from 0 up to `below`."""
    values = {"B": BATCH, **(sizes or {})}
    steps = {step.id: step for step in blueprint.resolve(graph).steps}
    return [
        {
            "shape": [eval(str(size), {}, values) for size in steps[id].output_shapes["out"]],
            "dtype": steps[id].output_dtypes["out"],
            "below": below,
        }
        for id in blueprint.resolve(graph).inputs
    ]


def same(graph: blueprint.Graph, inputs: list[dict[str, Any]], sandbox: Sandbox) -> bool:
    """The built module and the emitted source are the same network: keys, first weights, outputs, gradients.

    Whether it ran: what tensors hold, or sizes left open, may make a network fail, both forms of it alike.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    built = attempt(lambda: build(graph), inputs)
    torch.set_num_threads(threads)
    emitted = sandbox.run(emit(graph), inputs)
    for key, digest in built.items():
        assert emitted.get(key, emitted) == digest, (key, emit(graph))
    if "error" in built:
        return False
    plan = blueprint.resolve(graph)
    known = {step.id: step for step in plan.steps}
    expected = [known[id].input_shapes["in"] for id in plan.outputs]
    undecided = any(issue.code == "shape_mismatch" for issue in blueprint.analyze(graph).issues)
    if not undecided and all(isinstance(size, int) or size == "B" for shape in expected for size in shape):
        assert built["eval shapes"] == [[BATCH if size == "B" else size for size in shape] for shape in expected]
    return True
