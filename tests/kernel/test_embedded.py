"""The three real servers of one machine: start, stop, faults, and what a killed parent leaves."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import nats
import nats.errors
import psutil
import psycopg
import pytest
import urllib3
from nats.js.errors import NotFoundError

from kernel.embedded import Addresses, EmbeddedError, EmbeddedServers
from kernel.embedded_nats import ONE_ATTEMPT
from kernel.objects import ObjectStore
from kernel.processes import Record, program
from tests.conftest import RunningServers
from tests.kernel.processes import becomes_true, processes_of, spawn, start_parent, wait_for_line

NAMES = ("postgres", "nats", "s3")


async def use(addresses: Addresses) -> None:
    """Do a little real work on each of the three."""
    async with await psycopg.AsyncConnection.connect(addresses.postgres) as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now())")
        await connection.execute("INSERT INTO visits DEFAULT VALUES")
    broker = await nats.connect(addresses.nats)
    await broker.jetstream().add_stream(name="VISITS", subjects=["visits"])
    await broker.jetstream().publish("visits", b"hello")
    await broker.close()
    store = object_store(addresses)
    await store.ensure_bucket()
    await store.put("visits/1", b"hello")


def object_store(addresses: Addresses) -> ObjectStore:
    return ObjectStore(addresses.s3.endpoint, addresses.s3.access_key, addresses.s3.secret_key)


async def visits(addresses: Addresses) -> tuple[int, int, int]:
    async with await psycopg.AsyncConnection.connect(addresses.postgres) as connection:
        row = await (await connection.execute("SELECT count(*) FROM visits")).fetchone()
    broker = await nats.connect(addresses.nats)
    messages = (await broker.jetstream().stream_info("VISITS")).state.messages
    await broker.close()
    return (row[0] if row else 0), messages, len(await object_store(addresses).list("visits/"))


async def test_a_second_start_has_the_same_addresses_and_data(tmp_path: Path) -> None:
    first, second = EmbeddedServers(tmp_path), EmbeddedServers(tmp_path)
    addresses = await first.start()
    await use(addresses)
    await first.stop()
    await first.stop()
    assert processes_of(tmp_path) == []
    assert await second.start() == addresses
    assert await visits(addresses) == (1, 1, 1)
    await second.stop()


async def test_ports_taken_by_others_are_replaced_and_the_data_is_still_there(tmp_path: Path) -> None:
    first, second = EmbeddedServers(tmp_path), EmbeddedServers(tmp_path)
    before = await first.start()
    await use(before)
    await first.stop()
    squatters = []
    for name in NAMES:
        for port in (tmp_path / "run" / f"{name}.ports").read_text().strip("[]").split(","):
            squatters.append(socket.create_server(("127.0.0.1", int(port))))
    try:
        after = await second.start()
        assert (after.postgres, after.nats, after.s3) != (before.postgres, before.nats, before.s3)
        assert await visits(after) == (1, 1, 1)
        await object_store(after).put("visits/2", b"hello")
    finally:
        await second.stop()
        for squatter in squatters:
            squatter.close()


async def test_a_second_parent_is_refused_by_name(tmp_path: Path) -> None:
    parent = start_parent(tmp_path)
    try:
        wait_for_line(parent, "starting")
        with pytest.raises(EmbeddedError, match=f"{tmp_path} is in use by process {parent.pid};"):
            await EmbeddedServers(tmp_path).start()
        wait_for_line(parent, "all ready")
    finally:
        parent.terminate()
        parent.communicate()
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize(
    ("seconds", "number"),
    [
        (0.0, signal.SIGINT),
        (0.2, signal.SIGTERM),
        (0.5, signal.SIGINT),
        (0.5, signal.SIGKILL),
        (0.9, signal.SIGTERM),
        (1.3, signal.SIGINT),
    ],
)
async def test_an_interrupted_start_leaves_no_process_and_the_next_one_works(
    tmp_path: Path, seconds: float, number: signal.Signals
) -> None:
    parent = start_parent(tmp_path)
    wait_for_line(parent, "starting")
    await asyncio.sleep(seconds)
    parent.send_signal(number)
    parent.communicate(timeout=60)
    if number != signal.SIGKILL:
        assert processes_of(tmp_path) == []
    servers = EmbeddedServers(tmp_path)
    await use(await servers.start())
    await servers.stop()
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_running_parent_stops_all(tmp_path: Path, number: signal.Signals) -> None:
    parent = start_parent(tmp_path)
    wait_for_line(parent, "all ready")
    parent.send_signal(number)
    parent.communicate(timeout=60)
    assert processes_of(tmp_path) == []
    assert list((tmp_path / "run").glob("*.json")) == [tmp_path / "run" / "s3.identities.json"]


async def test_servers_of_a_killed_parent_end_and_the_next_start_finds_the_data(tmp_path: Path) -> None:
    servers = EmbeddedServers(tmp_path)
    addresses = await servers.start()
    await use(addresses)
    await servers.stop()
    parent = start_parent(tmp_path)
    wait_for_line(parent, "all ready")
    parent.kill()
    parent.communicate()
    assert await servers.start() == addresses  # at once, while the old ones may still be ending
    assert await visits(addresses) == (1, 1, 1)
    await servers.stop()
    assert processes_of(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_servers_of_a_killed_parent_end_without_a_next_start(tmp_path: Path) -> None:
    parent = start_parent(tmp_path)
    wait_for_line(parent, "all ready")
    parent.kill()
    parent.communicate()
    assert becomes_true(lambda: processes_of(tmp_path) == [])


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_servers_that_would_not_end_by_themselves_end_with_a_killed_parent(tmp_path: Path) -> None:
    """As weed has been seen to do, asked to end with a full disk; played by one that hears nothing."""
    parent = start_parent(tmp_path)
    wait_for_line(parent, "all ready")
    deaf = [process for process in processes_of(tmp_path) if process.name() in ("weed", "nats-server")]
    assert {process.name() for process in deaf} == {"weed", "nats-server"}
    for process in deaf:
        process.suspend()
    parent.kill()
    parent.communicate()
    assert becomes_true(lambda: processes_of(tmp_path) == [])


async def test_a_server_that_outlived_its_parent_is_stopped(tmp_path: Path) -> None:
    servers = EmbeddedServers(tmp_path)
    await servers.start()
    await servers.stop()
    config = tmp_path / "run" / "nats.conf"
    survivor = spawn(program("nats-server"), "--config", config)
    Record.of(survivor.pid, str(config)).write(tmp_path / "run" / "nats.json")
    await servers.start()
    assert survivor.wait(timeout=10) is not None
    await servers.stop()


async def test_a_stranger_with_a_remembered_process_id_is_left_alone(tmp_path: Path) -> None:
    stranger = spawn("sleep", "600")
    servers = EmbeddedServers(tmp_path)
    await servers.start()
    await servers.stop()
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{tmp_path}/postgres\n1\n1\n\n127.0.0.1\n")
    same_start = Record.of(stranger.pid, "another command line")
    for name in NAMES:
        same_start.write(tmp_path / "run" / f"{name}.json")
    await servers.start()
    await servers.stop()
    same_command = Record(stranger.pid, same_start.started - 60, "sleep")
    for name in NAMES:
        same_command.write(tmp_path / "run" / f"{name}.json")
    await servers.start()
    await servers.stop()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


async def test_kill_and_restart_keep_the_address_and_wipe_forgets(servers: RunningServers) -> None:
    await use(servers.addresses)
    await servers.kill("nats")
    with pytest.raises((nats.errors.Error, OSError)):
        await nats.connect(servers.addresses.nats, error_cb=ignore, **ONE_ATTEMPT)
    await servers.restart("nats")
    broker = await nats.connect(servers.addresses.nats)
    assert (await broker.jetstream().stream_info("VISITS")).state.messages >= 1
    await servers.restart("nats", wipe=True)
    broker_after = await nats.connect(servers.addresses.nats)
    with pytest.raises(NotFoundError):
        await broker_after.jetstream().stream_info("VISITS")
    await broker.close()
    await broker_after.close()


async def ignore(error: Exception) -> None:
    pass


@pytest.mark.parametrize("name", NAMES)
async def test_a_server_that_dies_comes_back_by_itself_with_its_data(tmp_path: Path, name: str) -> None:
    said: list[str] = []
    servers = EmbeddedServers(tmp_path, on_progress=said.append)
    addresses = await servers.start()
    await use(addresses)
    record = Record.read(tmp_path / "run" / f"{name}.json")
    assert record
    os.kill(record.pid, signal.SIGKILL)
    for _ in range(300):
        with suppress(Exception):
            assert await visits(addresses) == (1, 1, 1)
            assert any(f"{name} ended unexpectedly" in line for line in said)
            break
        await asyncio.sleep(0.1)
    assert await visits(addresses) == (1, 1, 1)
    await servers.stop()
    assert processes_of(tmp_path) == []


async def test_a_server_that_cannot_start_says_why_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match=r"^postgres did not start: .*postgres\.log ends with: \S.*$"):
        await EmbeddedServers(tmp_path).start()
    assert processes_of(tmp_path) == []


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match=f"the folder {tmp_path}/file/data cannot be used"):
        await EmbeddedServers(tmp_path / "file" / "data").start()


def read_without_key(port: int) -> bytes:
    """What S3, or a server behind it, tells somebody who asks for the object without a key."""
    answers = []
    for path in ("neuralforge/visits/1", "buckets/neuralforge/visits/1"):
        with suppress(urllib3.exceptions.HTTPError):  # not every port speaks HTTP
            answers.append(urllib3.request("GET", f"http://127.0.0.1:{port}/{path}", retries=False, timeout=2).data)
    return b"".join(answers)


def listening(folder: Path) -> list[Any]:
    found: list[Any] = []
    for process in processes_of(folder):
        with suppress(psutil.NoSuchProcess):  # one that PostgreSQL started for a moment may have ended since
            found += [at.laddr for at in process.net_connections("inet") if at.status == psutil.CONN_LISTEN]
    return found


async def test_every_port_is_on_loopback_and_demands_its_secret(tmp_path: Path) -> None:
    servers = EmbeddedServers(tmp_path)
    addresses = await servers.start()
    assert becomes_true(lambda: len(listening(tmp_path)) == 12)  # PostgreSQL, NATS, and five of SeaweedFS by two
    assert {address.ip for address in listening(tmp_path)} == {"127.0.0.1"}
    server = addresses.postgres.rpartition("@")[2]
    with pytest.raises(psycopg.OperationalError, match="password"):
        await psycopg.AsyncConnection.connect(f"postgresql://postgres@{server}")
    with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
        await nats.connect(f"nats://{addresses.nats.rpartition('@')[2]}", error_cb=ignore, **ONE_ATTEMPT)
    await use(addresses)
    for address in listening(tmp_path):
        assert b"hello" not in await asyncio.to_thread(read_without_key, address.port)
    await servers.stop()
    for secret in [*(tmp_path / "secrets").iterdir(), tmp_path / "run" / "nats.conf"]:
        assert secret.stat().st_mode & 0o077 == 0
