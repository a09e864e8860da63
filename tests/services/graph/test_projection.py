"""The read model is a function of the log: rebuilt from nothing, it holds the same rows."""

from collections.abc import Sequence
from typing import Any

from kernel.database import Database
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from neuralforge.graph.v1 import service_pb2 as api
from services.graph.__main__ import SPEC
from tests.services.graph.conftest import Studio
from tests.services.graph.examples import WIDEN, edits, move


async def rows(database: Database) -> Sequence[Any]:
    return [
        await database.fetch("SELECT * FROM architectures ORDER BY id"),
        await database.fetch("SELECT * FROM versions ORDER BY architecture_id, number"),
    ]


async def test_rebuilt_read_model_has_the_same_rows(studio: Studio) -> None:
    ids = [(await studio.create(name=f"net {i}")).architecture.id for i in range(3)]
    await studio.save(ids[0], "first")
    await studio.edit(ids[0], edits(WIDEN))
    await studio.edit(ids[1], edits(move(4)))
    await studio.save(ids[0], "wider")
    await studio.call("RenameArchitecture", api.RenameArchitectureRequest(architecture_id=ids[1], name="renamed"))
    platform = studio.platform
    await platform.restart()
    database = platform.database("graph")
    await database.open(SPEC.schema)
    log = PostgresLog(database, SPEC.types)
    await log.open()
    try:
        head = await log.head()

        async def caught_up() -> bool:
            row = await database.fetch_one("SELECT position FROM checkpoints WHERE name = 'projection'")
            return bool(row and row[0] == head)

        await platform.eventually(caught_up)
        before = await rows(database)
        assert [len(table) for table in before] == [3, 2]
        assert platform.host
        await platform.host.stop(grace=1)
        await database.execute("UPDATE architectures SET name = 'damaged'")
        assert await Projector(log, database, SPEC.projection).rebuild() == head
        assert await rows(database) == before
    finally:
        await log.close()
        await database.close()
