"""`neuralforge up` killed with -9 in the middle of a run, and started again."""

import re
import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.client import Client
from tests.flow.commands import Command, Up, nothing_left, processes_of
from tests.flow.training import completed, learned, ledger, past_a_checkpoint, prepare, sign_in, start

EPOCHS = 200  # long enough to be seen in the middle of it on a machine that does much else


@pytest.mark.timeout(600)
async def test_a_run_ends_as_if_up_had_never_been_killed(arguments: Sequence[str], tmp_path: Path):
    folder = tmp_path / "data"
    async with Up(folder, *arguments) as up, Client(up.url) as client:
        await sign_in(client)
        bench = await prepare(client)
        whole = await completed(client, await start(client, bench, EPOCHS))
        broken = await start(client, bench, EPOCHS)
        await past_a_checkpoint(client, broken)
        assert processes_of(folder)
        up.send(signal.SIGKILL)
        await up.ended()
    await nothing_left(folder)

    async with Up(folder, *arguments) as up, Client(up.url) as client:
        await sign_in(client)
        run = await completed(client, broken)
        assert run["attempt"] == 2
        assert learned(run) == learned(whole)
        assert await ledger(client, broken) == [("hold settled", int(run["deviceMilliseconds"]))]
        assert (await client.ask("{ trialBalance { balanced } }"))["balanced"]
        up.send(signal.SIGINT)
        assert await up.ended() == 0
    await nothing_left(folder)
    assert await counted(folder) == {
        "training.RunQueued.v1": 2,
        "training.RunCompleted.v1": 2,
        "billing.HoldPlaced.v1": 2,
        "billing.HoldConfirmed.v1": 2,
        "billing.HoldSettled.v1": 2,
    }


async def counted(folder: Path) -> dict[str, int]:
    """How often each thing happened that must happen once a run, by `neuralforge events`."""
    async with Command(folder, "events", "--json") as events:
        assert await events.ended() == 0
    counts = Counter(re.findall(r'"type": "([^"]*(?:Run[A-Z][a-z]+|Hold[A-Z][a-z]+)\.v1)"', events.output))
    return dict(counts)
