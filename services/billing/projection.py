"""The ledger as tables: entries, their balances, and the holds that wait for their run; with the queries on them."""

from collections.abc import Sequence
from datetime import datetime

from kernel.clock import moment, timestamp
from kernel.database import Database
from kernel.log import Recorded
from kernel.projection import Projection, Statements
from neuralforge.billing.v1 import events_pb2 as events
from neuralforge.billing.v1 import service_pb2 as api
from services.billing.ledger import movements

ENTRIES_PER_EVENT = 8
NEWEST = 2**63 - 1
ADD_ENTRY = (
    "INSERT INTO entries (id, tenant, transaction_id, account, unit, amount, memo, hold_id, created_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
ADD_TO_BALANCE = (
    "INSERT INTO balances (tenant, account, unit, amount) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (tenant, account, unit) DO UPDATE SET amount = balances.amount + excluded.amount"
)
ADD_WAITING = (
    "INSERT INTO waiting_holds (tenant, hold_id, placed_at) VALUES (%s, %s, %s) "
    "ON CONFLICT (tenant, hold_id) DO UPDATE SET placed_at = excluded.placed_at"
)
REMOVE_WAITING = "DELETE FROM waiting_holds WHERE tenant = %s AND hold_id = %s"


def project(recorded: Recorded, execute: Statements) -> None:
    """Writes the ledger from the events of accounts."""
    tenant, event = recorded.tenant, recorded.event
    match event:
        case events.HoldPlaced():
            execute(ADD_WAITING, tenant, event.hold_id, moment(event.at))
            _enter(recorded, "hold placed", event.hold_id, moment(event.at), execute)
        case events.HoldConfirmed():
            execute(REMOVE_WAITING, tenant, event.hold_id)
        case events.HoldSettled():
            execute(REMOVE_WAITING, tenant, event.hold_id)
            _enter(recorded, "hold settled", event.hold_id, moment(event.at), execute)
        case events.HoldVoided():
            execute(REMOVE_WAITING, tenant, event.hold_id)
            _enter(recorded, f"hold voided: {event.reason}", event.hold_id, moment(event.at), execute)


def _enter(recorded: Recorded, memo: str, hold_id: str, at: datetime, execute: Statements) -> None:
    """Two entries for each movement, numbered from the event's position, so that a rebuild gives the same ones."""
    tenant, id = recorded.tenant, recorded.position * ENTRIES_PER_EVENT
    for source, target, unit, amount in movements(tenant, recorded.event):
        for account, change in ((source, -amount), (target, amount)):
            execute(ADD_ENTRY, id, tenant, recorded.id, account, unit, change, memo, hold_id, at)
            execute(ADD_TO_BALANCE, tenant, account, unit, change)
            id += 1


PROJECTION = Projection(project, ("entries", "balances", "waiting_holds"))


async def list_entries(database: Database, tenant: str, hold_id: str, before: int, limit: int) -> Sequence[api.Entry]:
    """Entries with an id below `before`, newest first; of one hold where `hold_id` is given."""
    columns = "id, transaction_id, account, unit, amount, memo, created_at, hold_id"
    where = "tenant = %s AND id < %s" + (" AND hold_id = %s" if hold_id else "")
    values = (tenant, before, *([hold_id] if hold_id else []), limit)
    rows = await database.fetch(f"SELECT {columns} FROM entries WHERE {where} ORDER BY id DESC LIMIT %s", *values)
    return [
        api.Entry(
            id=id,
            transaction_id=str(transaction),
            account=account,
            unit=unit,
            amount=amount,
            memo=memo,
            at=timestamp(at),
            hold_id=hold,
        )
        for id, transaction, account, unit, amount, memo, at, hold in rows
    ]


async def balances(database: Database, tenant: str) -> Sequence[api.Balance]:
    """Every account of a tenant's ledger."""
    rows = await database.fetch(
        "SELECT account, unit, amount FROM balances WHERE tenant = %s ORDER BY account, unit", tenant
    )
    return [api.Balance(account=account, unit=unit, amount=amount) for account, unit, amount in rows]


async def waiting_holds(database: Database, placed_before: datetime) -> Sequence[tuple[str, str]]:
    """(tenant, hold id) of the holds that have waited for their run since before a moment."""
    rows = await database.fetch(
        "SELECT tenant, hold_id FROM waiting_holds WHERE placed_at <= %s ORDER BY placed_at", placed_before
    )
    return [(tenant, hold_id) for tenant, hold_id in rows]
