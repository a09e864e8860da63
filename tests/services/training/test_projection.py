"""The read model can be thrown away: a rebuild gives identical rows."""

from kernel.events import EventTypes
from kernel.launcher import JobState, JobStatus
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from neuralforge.training.v1 import events_pb2
from services.training.projection import PROJECTION, projected
from tests.services.training.lab import Lab

ROWS = "SELECT * FROM runs ORDER BY tenant, id"


async def test_a_rebuild_gives_identical_rows(lab: Lab):
    lost, worker = await lab.running(name="lost once")
    waiting, cancelled = await lab.start(name="waiting"), await lab.start(name="cancelled")
    await worker.save(b"best", 10, best=True)
    lab.launcher.ended[f"training-{lost.id}-1"] = JobStatus(JobState.FAILED, -9)
    await (await lab.worker(lost.id, 2)).attach()
    await lab.cancel(cancelled.id)
    completing = await lab.worker(lost.id, 2)
    await completing.complete()
    failing = await lab.worker(waiting.id)
    await failing.attach()
    await failing.fail("no luck")

    database = lab.platform.database("training")
    await database.open()
    log = PostgresLog(database, EventTypes(events_pb2))
    await log.open()

    async def caught_up():
        return await projected(database) == await log.head()

    await lab.platform.eventually(caught_up)
    await lab.platform.stop()
    rows = await database.fetch(ROWS)
    assert {row[1] for row in rows} == {lost.id, waiting.id, cancelled.id}
    await Projector(log, database, PROJECTION).rebuild()
    assert await database.fetch(ROWS) == rows
    await log.close()
    await database.close()
    await lab.platform.start()
