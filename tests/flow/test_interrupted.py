"""Ctrl-C at any moment: the command ends without a traceback, and no process stays behind."""

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.client import Client
from tests.flow.commands import QUICK_PORTS, Command, Up, nothing_left, processes_of
from tests.flow.training import past_a_checkpoint, prepare, sign_in, start

LOADING = ("typer.core", "fastapi.routing")  # as Python itself reports what it has imported
INTERRUPTED = 130
pytestmark = pytest.mark.timeout(600)  # processes to start, on a machine that does other things as well


async def interrupted(command: Command, moment: str) -> int:
    """The exit code after Ctrl-C at the moment when the command says so."""
    async with command:
        await command.says(moment)
        command.send(signal.SIGINT)
        code = await command.ended()
    assert "Traceback" not in command.output, command.output
    await nothing_left(command.folder)
    return code


async def test_up_interrupted_while_it_loads(arguments: Sequence[str], tmp_path: Path):
    for moment in LOADING:
        command = Command(tmp_path / "data", "up", *arguments, PYTHONPROFILEIMPORTTIME="1", **QUICK_PORTS)
        assert await interrupted(command, moment) == INTERRUPTED
        assert "starting" not in command.output


async def test_up_interrupted_while_its_servers_start(arguments: Sequence[str], tmp_path: Path):
    for moment in ("starting postgres", "nats is ready", "s3 is ready", "postgres is ready"):
        assert await interrupted(Command(tmp_path / "data", "up", *arguments, **QUICK_PORTS), moment) == 0


async def test_up_interrupted_while_it_trains(arguments: Sequence[str], tmp_path: Path):
    async with Up(tmp_path / "data", *arguments) as up, Client(up.url) as client:
        await sign_in(client)
        run = await start(client, await prepare(client), epochs=1_000)
        await past_a_checkpoint(client, run)
        up.send(signal.SIGINT)
        assert await up.ended() == 0
    assert "Traceback" not in up.output, up.output
    assert not processes_of(tmp_path / "data")


async def test_demo_interrupted_while_it_starts_draws_and_trains(tmp_path: Path):
    """In many processes it is another platform under the same job, and it is interrupted where most is under way."""
    for moment in ("starting s3", "account ", "images/s"):
        assert await interrupted(Command(tmp_path / "data", "demo"), moment) == INTERRUPTED
    assert not (tmp_path / "out").exists()
    another = Command(tmp_path / "data", "demo", "--split")
    assert await interrupted(another, "images/s") == INTERRUPTED
    assert "cancelled the run that an interrupted demo left" in another.output
