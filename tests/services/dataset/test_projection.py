"""A read model emptied and rebuilt from the log is the read model that was."""

from kernel.database import Database
from kernel.launcher import JobState, JobStatus
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from services.dataset.__main__ import SPEC
from tests.services.conftest import Hosted
from tests.services.dataset.ingesting import PlayedJob, create
from tests.services.launchers import IdleLauncher


async def rows(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return (
        await database.fetch("SELECT * FROM datasets ORDER BY id"),
        await database.fetch("SELECT * FROM ingests ORDER BY dataset_id, number"),
    )


async def test_rebuilt_rows_are_identical(hosted: Hosted) -> None:
    launcher = IdleLauncher()
    async with hosted("dataset", launcher=launcher) as platform:
        ada = await platform.person("ada")
        project = await ada.project()
        ready, failed = (await create(ada, project)).dataset, (await create(ada, project, name="second")).dataset
        await (await PlayedJob.of(ada, ready.id)).finish()
        await (await PlayedJob.of(ada, failed.id)).call("Fail", api.FailRequest(reason="no"))
        request = api.CreateDatasetVersionRequest(dataset_id=failed.id)
        await ada.call(DatasetServiceStub, "CreateDatasetVersion", request)
        open_job = f"dataset-{failed.id}-2-1"
        await PlayedJob.of(ada, failed.id, number=2)
        launcher.ended[open_job] = JobStatus(JobState.RUNNING)

        database = platform.database("dataset")
        log = PostgresLog(database, SPEC.types)
        projector = Projector(log, database, SPEC.projection)
        await database.pool.open()
        await projector.reached(await log.head(), 5)
        await platform.host.stop()  # type: ignore[union-attr]
        try:
            live = await rows(database)
            assert [len(table) for table in live] == [2, 1]
            assert await projector.rebuild() == await log.head()
            assert await rows(database) == live
        finally:
            await database.close()
