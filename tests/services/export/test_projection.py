"""A read model emptied and rebuilt from the log is the read model that was."""

from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from neuralforge.export.v1 import service_pb2 as api
from services.export.__main__ import SPEC
from tests.services.export.examples import validated
from tests.services.export.exporting import PlayedExport, completed_run, create
from tests.services.training.lab import Lab


async def test_rebuilt_rows_are_identical(lab: Lab) -> None:
    ada, run = lab.person, await completed_run(lab)
    good, bad = (await create(ada, run)).export, (await create(ada, run)).export
    job = await PlayedExport.of(ada, good.id)
    await job.call("Complete", validated(file=await job.upload(b"0123456789")))
    failed = api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="no")
    await (await PlayedExport.of(ada, bad.id)).call("Complete", failed)
    running = (await create(ada, run)).export
    await PlayedExport.of(ada, running.id)

    database = lab.platform.database("export")
    log = PostgresLog(database, SPEC.types)
    projector = Projector(log, database, SPEC.projection)
    await database.pool.open()
    await projector.reached(await log.head(), 5)
    await lab.platform.host.stop()  # type: ignore[union-attr]
    try:
        live = await database.fetch("SELECT * FROM exports ORDER BY id")
        assert len(live) == 3
        assert await projector.rebuild() == await log.head()
        assert await database.fetch("SELECT * FROM exports ORDER BY id") == live
    finally:
        await database.close()
