"""Read models made again from the logs: in place, as an operator does it, or aside, while the platform runs on."""

from collections.abc import Mapping, Sequence

from cli import folder as ground
from kernel.database import Database
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from tests.chaos.checks import differences
from tests.chaos.machine import Machine
from tests.chaos.truth import Truth, specs
from tests.databases import fresh_database

QUIET_SECONDS = 60.0


async def rebuilt_in_place(machine: Machine) -> Sequence[str]:
    """Empties every read model, lets the services fill them from the logs, and says what differs from before."""
    await machine.stop_parts()
    async with Truth(machine.admin) as truth:
        before = await truth.read_models()
        await truth.empty_read_models()
        await machine.start_parts()
        await truth.quiet(QUIET_SECONDS)
        return differences(before, await truth.read_models())


async def rebuilt_aside(machine: Machine) -> Sequence[str]:
    """Fills the tables of a fresh database from the logs, and says where the platform's own differ. For a quiet one."""
    async with fresh_database(machine.addresses) as scratch:
        copies = await ground.databases(machine.folder, scratch)
        for context in copies:
            await _project(machine, copies, context)
        async with Truth(machine.admin) as truth, Truth(scratch) as copy:
            return differences(await truth.read_models(), await copy.read_models())


async def _project(machine: Machine, copies: Mapping[str, str], context: str) -> None:
    spec = specs()[context]
    source, target = Database(machine.databases[context], context), Database(copies[context], context)
    await source.pool.open()
    try:
        await target.open(spec.schema)
        await Projector(PostgresLog(source, spec.types), target, spec.projection).rebuild()
    finally:
        await target.close()
        await source.close()
