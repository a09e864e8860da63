"""`neuralforge events`: the log of one machine, whether the platform runs or not."""

import json
from pathlib import Path

from cli.client import Client
from cli.machine import machine
from cli.ports import Ports
from kernel.processes import secret
from tests.flow.commands import Command, nothing_left

PASSWORD = "correct horse battery"


async def said(folder: Path, *arguments: str) -> tuple[int, str]:
    """(exit code, output) of `neuralforge events` on the folder."""
    async with Command(folder, "events", *arguments) as command:
        return await command.ended(), command.output


async def test_the_log_is_read_while_the_platform_runs_and_afterwards(tmp_path: Path):
    folder = tmp_path / "data"
    async with machine(folder, Ports(), lambda line: None, development=False) as running, Client(running.url) as client:
        await client.sign_in("ada@example.com", PASSWORD, "Ada")
        await client.ask('mutation { createProject(name: "digits") { ... on Project { id } } }')
        code, output = await said(folder, "--json")
        assert code == 0
    lines = [json.loads(line) for line in output.splitlines()]
    assert {"position", "at", "tenant", "stream", "version", "type", "event"} == lines[0].keys()
    kinds = [line["type"] for line in lines]
    assert "workspace.UserRegistered.v1" in kinds
    assert kinds.count("workspace.ProjectCreated.v1") == 1
    positions = [line["position"] for line in lines]
    assert positions == sorted(positions)
    assert PASSWORD not in output

    assert await said(folder, "--json") == (0, output)
    (project,) = [line for line in lines if line["type"] == "workspace.ProjectCreated.v1"]
    _, of_stream = await said(folder, "--context", "workspace", "--stream", project["stream"], "--json")
    assert {json.loads(line)["stream"] for line in of_stream.splitlines()} == {project["stream"]}
    assert await said(folder, "--context", "graph") == (0, "")
    _, shown = await said(folder, "--context", "workspace")
    assert len(shown.splitlines()) == len(lines)
    assert all(line.startswith("workspace") and len(line) <= 160 for line in shown.splitlines())
    await nothing_left(folder)


async def test_a_folder_without_data_and_an_unknown_context_are_refused(tmp_path: Path):
    code, output = await said(tmp_path / "data")
    assert (code, "holds no data yet; start the platform once" in output) == (2, True)
    code, output = await said(tmp_path / "data", "--context", "nope")
    assert (code, "choose one of workspace, graph, dataset" in output) == (2, True)
    assert not (tmp_path / "data").exists()
    secret(tmp_path / "data" / "secrets" / "services")  # a folder that an interrupted start has left
    assert (await said(tmp_path / "data"))[0] == 2
