"""Device time of all organisations costs a scrape the same for many as for one; upgrade and rebuild have it right."""

from collections.abc import Sequence
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kernel.database import Database
from kernel.gauges import BEHIND, KEPT
from kernel.postgres_log import PostgresLog
from kernel.rebuild import Rebuild
from kernel.scrape import PROBES
from services.billing.__main__ import SPEC
from services.billing.projection import device_time
from tests.services.billing.conftest import Customer
from tests.services.conftest import Hosted
from tests.services.platform import Platform

ORGANISATIONS = 6
HOLD = 60_000


async def samples() -> set[tuple[str, ...]]:
    """Names and labels of all that the services look up."""
    found = await PROBES.look()
    return {(sample.name, *sorted(sample.labels.values())) for metric in found for sample in metric.samples}


async def held(platform: Platform, milliseconds: int) -> None:
    """Returns once the totals say so."""
    database = platform.database("billing")
    await database.pool.open(wait=True)
    try:

        async def told() -> bool:
            return await device_time(database) == [("cpu", milliseconds, 0)]

        assert await platform.eventually(told)
    finally:
        await database.close()


async def test_more_organisations_cost_no_more_queries_and_no_more_lines(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def counting(database: Database, query: Any, values: Sequence[object]) -> Any:
        asked.append(query)
        return await fetch(database, query, values)

    async def queries() -> int:
        with monkeypatch.context() as patched:
            patched.setattr(Database, "_fetch", counting)
            asked.clear()
            await PROBES.look()
            return sum(query in (BEHIND, KEPT) or "FROM totals" in query for query in asked)

    fetch = Database._fetch
    async with hosted("billing") as platform:
        await Customer(await platform.person()).place("run-0", HOLD)
        await held(platform, HOLD)
        one, lines = await queries(), await samples()
        for number in range(1, ORGANISATIONS):
            await Customer(await platform.person()).place(f"run-{number}", HOLD)
        await held(platform, ORGANISATIONS * HOLD)
        assert await samples() == lines
        assert await queries() == one == 5, "two of each service, and that of the totals"


async def test_a_ledger_of_an_earlier_release_is_totalled_once(hosted: Hosted) -> None:
    async with hosted("billing") as platform:
        await Customer(await platform.person()).place("run-0", HOLD)
        await Customer(await platform.person()).place("run-1", HOLD)
        await held(platform, 2 * HOLD)
        await platform.rest()
        database = platform.database("billing")
        await database.pool.open(wait=True)
        await database.execute("DROP TABLE totals")
        await database.close()
        for _ in range(2):
            opened = platform.database("billing")
            await opened.open(SPEC.schema)
            assert await device_time(opened) == [("cpu", 2 * HOLD, 0)]
            await opened.close()


async def test_totals_that_are_wrong_are_mended_by_a_rebuild(hosted: Hosted) -> None:
    async with hosted("billing") as platform:
        await Customer(await platform.person()).place("run-0", HOLD)
        await held(platform, HOLD)
        database = platform.database("billing")
        await database.pool.open(wait=True)
        await database.execute("UPDATE totals SET amount = amount - 1")
        name = conninfo_to_dict(platform.databases["billing"])["dbname"]
        admin = make_conninfo(platform.addresses.postgres, dbname=name)
        async with await AsyncConnection.connect(admin, autocommit=True) as connection:
            log = PostgresLog(database, SPEC.types)
            async with Rebuild("billing", SPEC.projection, SPEC.schema, log, connection).opened() as rebuild:
                await rebuild.replay(lambda position, target: None)
                assert (await rebuild.compare())["totals"].missing > 0
                await rebuild.swap()
        assert await device_time(database) == [("cpu", HOLD, 0)]
        await database.close()
        await Customer(await platform.person()).place("run-1", HOLD)
        await held(platform, 2 * HOLD)
