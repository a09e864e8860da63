"""The ledger as tables: entries, their balances, and the holds that wait for their run; with the queries on them."""

from collections.abc import Sequence
from datetime import datetime

from kernel.clock import moment, timestamp
from kernel.database import Database
from kernel.log import Recorded
from kernel.projection import Projection, Statements
from kernel.tenancy import TenantDatabase
from neuralforge.billing.v1 import events_pb2 as events
from neuralforge.billing.v1 import service_pb2 as api
from services.billing.ledger import transfers

TRANSFERS_PER_EVENT = 4
NEWEST = 2**63 - 1
TRANSFER = """
    WITH transferred AS (
        INSERT INTO transfers (tenant, id, transaction_id, source, target, unit, amount, memo, hold_id, created_at)
        SELECT tenant, id, transaction_id, source, target, unit, amount, memo, hold_id, created_at
        FROM jsonb_to_recordset(%s) AS row (
            tenant text, id bigint, transaction_id uuid, source text, target text, unit text, amount bigint,
            memo text, hold_id text, created_at timestamptz
        )
        RETURNING tenant, source, target, unit, amount
    ), changed AS (
        SELECT tenant, side.account, unit, sum(side.amount) AS amount
        FROM transferred CROSS JOIN LATERAL (VALUES (source, -amount), (target, amount)) AS side (account, amount)
        GROUP BY tenant, side.account, unit
    ), totalled AS (
        INSERT INTO totals (purpose, unit, amount)
        SELECT split_part(account, ':', 2), unit, sum(amount) FROM changed WHERE starts_with(unit, 'ms:') GROUP BY 1, 2
        ON CONFLICT (purpose, unit) DO UPDATE SET amount = totals.amount + excluded.amount
    )
    INSERT INTO balances (tenant, account, unit, amount)
    SELECT tenant, account, unit, amount FROM changed
    ON CONFLICT (tenant, account, unit) DO UPDATE SET amount = balances.amount + excluded.amount
"""
WAIT = """
    INSERT INTO holds (tenant, hold_id, waiting_since)
    SELECT DISTINCT ON (tenant, hold_id) tenant, hold_id, waiting_since
    FROM jsonb_to_recordset(%s) AS row (position bigint, tenant text, hold_id text, waiting_since timestamptz)
    ORDER BY tenant, hold_id, position DESC
    ON CONFLICT (tenant, hold_id) DO UPDATE SET waiting_since = excluded.waiting_since
"""


def project(recorded: Recorded, execute: Statements) -> None:
    """Writes the ledger from the events of accounts."""
    event = recorded.event
    match event:
        case events.HoldPlaced():
            at = moment(event.at)
            _wait(recorded, event.hold_id, at, execute)
            _transfer(recorded, "hold placed", event.hold_id, at, execute)
        case events.HoldConfirmed():
            _wait(recorded, event.hold_id, None, execute)
        case events.HoldSettled():
            _wait(recorded, event.hold_id, None, execute)
            _transfer(recorded, "hold settled", event.hold_id, moment(event.at), execute)
        case events.HoldVoided():
            _wait(recorded, event.hold_id, None, execute)
            _transfer(recorded, f"hold voided: {event.reason}", event.hold_id, moment(event.at), execute)


def _wait(recorded: Recorded, hold_id: str, since: datetime | None, execute: Statements) -> None:
    execute.together(WAIT, position=recorded.position, tenant=recorded.tenant, hold_id=hold_id, waiting_since=since)


def _transfer(recorded: Recorded, memo: str, hold_id: str, at: datetime, execute: Statements) -> None:
    """Transfers are numbered from the event's position, so that a rebuild gives the same ones."""
    id = recorded.position * TRANSFERS_PER_EVENT
    for source, target, unit, amount in transfers(recorded.tenant, recorded.event):
        execute.together(
            TRANSFER,
            tenant=recorded.tenant,
            id=id,
            transaction_id=recorded.id,
            source=source,
            target=target,
            unit=unit,
            amount=amount,
            memo=memo,
            hold_id=hold_id,
            created_at=at,
        )
        id += 1


PROJECTION = Projection(project, ("transfers", "balances", "totals", "holds"))


async def list_entries(
    database: TenantDatabase, tenant: str, hold_id: str, before: int, limit: int
) -> Sequence[api.Entry]:
    """The two sides of transfers as entries with an id below `before`, newest first; of one hold where given."""
    of_hold = "AND hold_id = %s" if hold_id else ""
    values = (tenant, before // 2, *([hold_id] if hold_id else []), before, limit)
    rows = await database.fetch(
        f"""
        SELECT 2 * id + side.number, transaction_id, side.account, unit, side.amount, memo, created_at, hold_id
        FROM transfers
        CROSS JOIN LATERAL (VALUES (0, source, -amount), (1, target, amount)) AS side (number, account, amount)
        WHERE tenant = %s AND id <= %s {of_hold} AND 2 * id + side.number < %s
        ORDER BY id DESC, side.number DESC LIMIT %s
        """,
        *values,
    )
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


async def balances(database: TenantDatabase, tenant: str) -> Sequence[api.Balance]:
    """Every account of a tenant's ledger."""
    rows = await database.fetch(
        "SELECT account, unit, amount FROM balances WHERE tenant = %s ORDER BY account, unit", tenant
    )
    return [api.Balance(account=account, unit=unit, amount=amount) for account, unit, amount in rows]


async def device_time(database: Database) -> Sequence[tuple[str, int, int]]:
    """(device kind, milliseconds held, milliseconds metered) of all organisations together."""
    rows = await database.fetch(
        """
        SELECT substr(unit, 4), coalesce(sum(amount) FILTER (WHERE purpose = 'held'), 0)::bigint,
               coalesce(sum(amount) FILTER (WHERE purpose = 'metered'), 0)::bigint
        FROM totals GROUP BY unit ORDER BY unit
        """
    )
    return [(kind, held, metered) for kind, held, metered in rows]


async def waiting_holds(database: Database, placed_before: datetime) -> Sequence[tuple[str, str]]:
    """(tenant, hold id) of the holds that have waited for their run since before a moment."""
    rows = await database.fetch(
        "SELECT tenant, hold_id FROM holds WHERE waiting_since <= %s ORDER BY waiting_since", placed_before
    )
    return [(tenant, hold_id) for tenant, hold_id in rows]
