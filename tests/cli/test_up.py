"""`neuralforge up` where it cannot start: one sentence, exit 2, and nothing left running."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.embedded import lock
from tests.flow.commands import QUICK_PORTS, Command, nothing_left


@pytest.fixture
def taken() -> Iterator[str]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


async def refused(folder: Path, **environment: str) -> str:
    """The sentence with which `up` refuses to start."""
    async with Command(folder, "up", **(QUICK_PORTS | environment)) as command:
        assert await command.ended() == 2, command.output
    assert "Traceback" not in command.output
    await nothing_left(folder)
    (sentence,) = [line for line in command.lines if line.startswith("neuralforge: ")]
    assert command.lines[-1] == sentence
    return sentence


async def test_a_taken_http_port_is_named(tmp_path: Path, taken: str):
    sentence = await refused(tmp_path / "data", NF_HTTP_PORT=taken)
    assert sentence.startswith(f"neuralforge: cannot listen on 127.0.0.1:{taken}")
    assert "set NF_HTTP_PORT to another port, or to 0" in sentence
    assert not (tmp_path / "data").exists()


async def test_a_taken_grpc_port_is_named(tmp_path: Path, taken: str):
    sentence = await refused(tmp_path / "data", NF_GRPC_PORT=taken)
    assert sentence == f"neuralforge: port {taken} is taken; set NF_GRPC_PORT to another, or to 0\n"


@pytest.mark.parametrize("port", ["http", "-1", "65536", "1.5"])
async def test_what_is_no_port_is_named(tmp_path: Path, port: str):
    sentence = await refused(tmp_path / "data", NF_HTTP_PORT=port)
    expected = f"NF_HTTP_PORT must be a port number from 0 (any free one) to 65535, not {port!r}"
    assert sentence == f"neuralforge: {expected}\n"


async def test_a_folder_in_use_is_named(tmp_path: Path):
    folder = tmp_path / "data"
    with lock(folder):
        sentence = await refused(folder)
    assert f"the folder {folder} is in use by process" in sentence
    assert "choose another with NF_DATA_DIR" in sentence


async def test_a_folder_that_is_a_file_is_named(tmp_path: Path):
    (tmp_path / "data").write_text("not a folder")
    assert f"the folder {tmp_path / 'data'} cannot be used" in await refused(tmp_path / "data")
