"""`neuralforge events rebuild` and `events replay`: a read model from its log anew, beside the one that serves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from importlib import import_module

from cli.failures import Failure
from cli.progress import Steps
from cli.stored import chosen, opened, present
from kernel.database import Database
from kernel.postgres_log import PostgresLog
from kernel.rebuild import Rebuild, same
from kernel.service import ServiceSpec


def run(context: str, *, swap: bool, database: str | None, json: bool) -> int:
    """0 where the read model was what its log says, or (`swap`) is now; 1 where it is not."""
    chosen(context)
    return asyncio.run(_run(context, swap, database, json=json))


async def _run(context: str, swap: bool, url: str | None, *, json: bool) -> int:
    async with _rebuild(context, url) as rebuild:
        with Steps(f"replaying {context}", 1, json=json) as steps:

            def progress(position: int, target: int) -> None:
                steps.total(target)
                steps.step(position, f"{position} of {target} events", position=position, of=target)

            await rebuild.replay(progress)
        if swap:
            position = await rebuild.swap()
            print(f"the {context} read model was replaced at position {position}")
            return 0
        return await _told(rebuild)


async def _told(rebuild: Rebuild) -> int:
    differences = await rebuild.compare()
    for table, found in differences.items():
        wrong = f"{found.missing} missing, {found.surplus} too many" if found.missing or found.surplus else "as its log"
        print(f"{table}: {found.rows} rows, {wrong}")
    if not same(differences):
        print("`neuralforge events rebuild` replaces it while it serves")
        return 1
    return 0


@contextlib.asynccontextmanager
async def _rebuild(context: str, url: str | None) -> AsyncIterator[Rebuild]:
    spec: ServiceSpec = import_module(f"services.{context}.__main__").SPEC
    async with opened(url) as store, await store.connect() as connection:
        if not await present(connection, [context]):
            raise Failure(f"{context} has no data here yet, so there is nothing to rebuild it from")
        database = Database(store.url, context)
        await database.pool.open(wait=True)
        try:
            log = PostgresLog(database, spec.types)
            async with Rebuild(context, spec.projection, spec.schema, log, connection).opened() as rebuild:
                yield rebuild
        finally:
            await database.close()
