"""Runs as the training service publishes them, through NATS, and what billing makes of them, once."""

from datetime import UTC, datetime, timedelta

from kernel.database import Database
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from neuralforge.training.v1 import events_pb2 as training
from services.billing.__main__ import SPEC
from services.billing.amounts import Month
from tests.conftest import RunningServers
from tests.services.billing.conftest import Customer, MovableClock, TrainingContext
from tests.services.billing.examples import HOUR, MINUTE
from tests.services.platform import Platform

LEDGER = (
    "SELECT * FROM transfers ORDER BY 1, 2",
    "SELECT * FROM balances ORDER BY 1, 2, 3",
    "SELECT * FROM holds ORDER BY 1, 2",
)


async def settles(billing: Platform, ada: Customer, hold_id: str = "run-1") -> None:
    await reaches(billing, ada, "SETTLED", hold_id)


async def reaches(billing: Platform, ada: Customer, state: str, hold_id: str = "run-1") -> None:
    async def there() -> bool:
        return await ada.state(hold_id) == state

    await billing.eventually(there)


async def test_a_run_is_metered_from_queue_to_end(
    billing: Platform, ada: Customer, database: Database, runs: TrainingContext
) -> None:
    await ada.place("run-1", HOUR, "t4")
    await runs.publish(
        "run-1",
        training.RunQueued(run_id="run-1"),
        training.AttemptStarted(run_id="run-1", attempt=1),
        training.RunCompleted(run_id="run-1", device_milliseconds=10 * MINUTE),
    )
    await settles(billing, ada)
    hold = await ada.hold()
    assert (hold.metered_milliseconds, hold.metered_micro_dollars) == (10 * MINUTE, 58_334)
    usage = await ada.usage("t4")
    assert (usage.held_milliseconds, usage.metered_milliseconds) == (0, 10 * MINUTE)
    assert usage.remaining_milliseconds == 9 * HOUR + 50 * MINUTE
    assert usage.metered_micro_dollars == 58_334
    month = Month.of(datetime.now(UTC))
    assert {account: amount for account, amount in (await balances(database, ada)).items() if amount} == {
        (f"quota:t4:{month}", "ms:t4"): -10 * MINUTE,
        (f"metered:t4:{month}", "ms:t4"): 10 * MINUTE,
        (f"charges:{month}", "micro_dollar"): -58_334,
        ("revenue", "micro_dollar"): 58_334,
    }


async def balances(database: Database, ada: Customer) -> dict[tuple[str, str], int]:
    """The trial balance after everything in the log."""
    (head,) = await database.fetch_one("SELECT max(position) FROM events") or (0,)
    return await ada.balances(after=head)


async def test_failed_and_cancelled_runs_settle_too(billing: Platform, ada: Customer, runs: TrainingContext) -> None:
    ends = {
        "failed": training.RunFailed(run_id="failed", device_milliseconds=7),
        "cancelled": training.RunCancelled(run_id="cancelled", device_milliseconds=2 * HOUR),
        "never-ran": training.RunFailed(run_id="never-ran"),
    }
    for run_id, end in ends.items():
        await ada.place(run_id)
        await runs.publish(run_id, training.RunQueued(run_id=run_id), end)
        await settles(billing, ada, run_id)
    metered = [(await ada.hold(run_id)).metered_milliseconds for run_id in ends]
    assert metered == [7, HOUR, 0]
    assert (await ada.usage("cpu")).metered_milliseconds == HOUR + 7


async def test_a_redelivered_event_takes_effect_once(
    servers: RunningServers, billing: Platform, ada: Customer, database: Database, runs: TrainingContext
) -> None:
    await ada.place()
    end = training.RunCompleted(run_id="run-1", device_milliseconds=7)
    await runs.publish("run-1", training.RunQueued(run_id="run-1"), end)
    await settles(billing, ada)
    before = await history(database)
    await forget_what_was_consumed(database)
    await servers.restart("nats", wipe=True)  # the relay publishes everything again
    await ada.place("run-2")
    await runs.publish("run-2", training.RunQueued(run_id="run-2"), training.RunFailed(run_id="run-2"))
    await settles(billing, ada, "run-2")
    assert (await history(database))[: len(before)] == before
    assert [name for name, *_ in await history(database)] == [
        *["billing.HoldPlaced.v1", "billing.HoldConfirmed.v1", "billing.HoldSettled.v1"] * 2
    ]


async def history(database: Database) -> list[tuple[object, ...]]:
    rows = await database.fetch("SELECT type, position, data FROM events ORDER BY position")
    return list(rows)


async def forget_what_was_consumed(database: Database) -> None:
    assert await database.execute("DELETE FROM checkpoints WHERE name = 'billing-from-training'")


async def test_a_hold_whose_run_is_not_queued_lapses(
    billing: Platform, ada: Customer, database: Database, runs: TrainingContext, clock: MovableClock
) -> None:
    await ada.place("lost", HOUR, "t4")
    await ada.place("queued", HOUR, "t4")
    await runs.publish("queued", training.RunQueued(run_id="queued"))
    await confirmed(billing, database, "queued")
    clock.ahead = timedelta(seconds=60)
    await reaches(billing, ada, "VOIDED", "lost")
    assert await ada.state("queued") == "HELD"
    assert (await ada.usage("t4")).held_milliseconds == HOUR
    assert (await balances(database, ada))["held", "ms:t4"] == HOUR


async def confirmed(billing: Platform, database: Database, hold_id: str) -> None:
    async def gone() -> bool:
        rows = await database.fetch("SELECT 1 FROM holds WHERE waiting_since IS NOT NULL AND hold_id = %s", hold_id)
        return not rows

    await billing.eventually(gone)


async def test_a_run_whose_queueing_was_heard_late_gets_its_hold_again(
    billing: Platform, ada: Customer, runs: TrainingContext, clock: MovableClock
) -> None:
    await ada.place()
    clock.ahead = timedelta(seconds=60)
    await reaches(billing, ada, "VOIDED")
    end = training.RunCompleted(run_id="run-1", device_milliseconds=7)
    await runs.publish("run-1", training.RunQueued(run_id="run-1"), end)
    await settles(billing, ada)
    assert (await ada.hold()).metered_milliseconds == 7


async def test_a_run_of_another_organisation_is_another_run(
    billing: Platform, ada: Customer, runs: TrainingContext
) -> None:
    eve = Customer(await billing.person("eve"))
    await ada.place()
    await eve.place()
    await runs.publish("run-1", training.RunQueued(run_id="run-1"), tenant=eve.person.tenant)
    await runs.publish("run-1", training.RunFailed(run_id="run-1"), tenant=eve.person.tenant)
    await settles(billing, eve)
    assert await ada.state() == "HELD"


async def test_the_ledger_can_be_rebuilt_from_the_log(
    billing: Platform, ada: Customer, database: Database, runs: TrainingContext, clock: MovableClock
) -> None:
    for run_id in ("run-1", "run-2", "run-3"):
        await ada.place(run_id, HOUR, "t4")
    end = training.RunCompleted(run_id="run-1", device_milliseconds=7)
    await runs.publish("run-1", training.RunQueued(run_id="run-1"), end)
    await settles(billing, ada)
    clock.ahead = timedelta(seconds=60)
    await reaches(billing, ada, "VOIDED", "run-3")
    clock.ahead = timedelta()
    await ada.place("run-4", HOUR, "t4")
    await balances(database, ada)
    await billing.stop()
    before = await ledger(database)
    await rebuild(database)
    assert await ledger(database) == before
    assert all(before)
    await billing.start()


async def rebuild(database: Database) -> None:
    await Projector(PostgresLog(database, SPEC.types), database, SPEC.projection).rebuild()


async def ledger(database: Database) -> list[list[tuple[object, ...]]]:
    return [list(await database.fetch(query)) for query in LEDGER]
