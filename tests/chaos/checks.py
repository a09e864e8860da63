"""What must be true after any faults: nothing acknowledged is lost, nothing happened twice, the books balance."""

from collections.abc import Mapping, Sequence

from kernel.settings import CONTEXTS
from tests.chaos.person import Acknowledged
from tests.chaos.truth import Tables, Truth

CONTEXT_OF = {
    "createInvitation": "workspace",
    "createProject": "workspace",
    "createArchitecture": "graph",
    "saveVersion": "graph",
    "applyEdits": "graph",
    "createDataset": "dataset",
    "startRun": "training",
    "createExport": "export",
}
# What happens once for each command that people carried out, whatever became of it.
EFFECTS = {
    "createInvitation": "workspace.InvitationCreated.v1",
    "createProject": "workspace.ProjectCreated.v1",
    "createArchitecture": "graph.ArchitectureCreated.v1",
    "saveVersion": "graph.VersionSaved.v1",
    "applyEdits": "graph.EditsApplied.v1",
    "createDataset": "dataset.DatasetCreated.v1",
    "startRun": "training.RunQueued.v1",
    "createExport": "export.ExportRequested.v1",
}
# Events of which each stream holds at most one.
ONCE_A_STREAM = {
    "workspace": ("UserRegistered", "OrganisationCreated", "EmailReserved"),
    "dataset": ("DatasetCreated",),
    "graph": ("ArchitectureCreated",),
    "training": ("RunQueued", "RunCompleted", "RunFailed", "RunCancelled"),
    "export": ("ExportRequested", "ExportFinished"),
}


async def problems(truth: Truth, acknowledged: Sequence[Acknowledged]) -> Sequence[str]:
    """Sentences on all that is wrong; none is what is wanted."""
    return [
        *await lost(truth, acknowledged),
        *await broken_streams(truth),
        *await doubled(truth, acknowledged),
        *await unsettled(truth),
        *await unbalanced(truth),
        *await buried(truth),
    ]


async def lost(truth: Truth, acknowledged: Sequence[Acknowledged]) -> Sequence[str]:
    """Acknowledged commands of which the log holds no key, or nothing at the position that the key was given."""
    found = []
    for each in acknowledged:
        context = CONTEXT_OF[each.command]
        query = f"""SELECT count(e.event_id) FROM {context}.commands AS c
            JOIN {context}.events AS e ON e.tenant = c.tenant AND e.position = c.position
            WHERE c.tenant = %s AND c.key = %s"""
        if await truth.one(query, each.tenant, each.key) != 1:
            found.append(
                f"{each.command} {each.key} of {each.tenant} was acknowledged, and {context} has no trace of it"
            )
    return found


async def broken_streams(truth: Truth) -> Sequence[str]:
    """Streams whose versions have gaps, or say otherwise than their head."""
    found = []
    for context in CONTEXTS:
        query = f"""SELECT s.tenant, s.stream FROM {context}.streams AS s LEFT JOIN (
                SELECT tenant, stream, count(*) AS events, max(version) AS last FROM {context}.events GROUP BY 1, 2
            ) AS e USING (tenant, stream) WHERE (e.events, e.last) IS DISTINCT FROM (s.version, s.version)"""
        found += [
            f"the stream {stream} of {tenant} in {context} is broken" for tenant, stream in await truth.rows(query)
        ]
    return found


async def doubled(truth: Truth, acknowledged: Sequence[Acknowledged]) -> Sequence[str]:
    """Effects that happened more or less often than they were asked for."""
    found = []
    people = sorted({each.tenant for each in acknowledged})
    for command, event in EFFECTS.items():
        for tenant in people:
            wanted = len({e.key for e in acknowledged if (e.tenant, e.command) == (tenant, command)})
            query = f"SELECT count(*) FROM {CONTEXT_OF[command]}.events WHERE tenant = %s AND type = %s"
            if (times := await truth.one(query, tenant, event)) != wanted:
                found.append(f"{tenant} was told of {wanted} {command}, and {event} happened {times} times")
    for context, names in ONCE_A_STREAM.items():
        types = [f"{context}.{name}.v1" for name in names]
        query = f"""SELECT tenant, stream, type FROM {context}.events WHERE type = ANY(%s)
            GROUP BY 1, 2, 3 HAVING count(*) > 1"""
        found += [
            f"{type} happened twice to {stream} of {tenant}" for tenant, stream, type in await truth.rows(query, types)
        ]
    return found


async def unsettled(truth: Truth) -> Sequence[str]:
    """Runs without exactly one settled hold of their device time, and holds without a run that are still held."""
    query = """
        SELECT r.tenant, r.id, r.device_milliseconds, coalesce(sum(t.amount) FILTER (WHERE t.memo = 'hold settled'
            AND t.target LIKE '%%:metered:%%' AND t.unit LIKE 'ms:%%'), 0),
            count(DISTINCT t.transaction_id) FILTER (WHERE t.memo = 'hold settled'),
            count(DISTINCT t.transaction_id) FILTER (WHERE t.memo = 'hold placed')
                - count(DISTINCT t.transaction_id) FILTER (WHERE t.memo LIKE 'hold voided%%')
        FROM training.runs AS r LEFT JOIN billing.transfers AS t ON t.tenant = r.tenant AND t.hold_id = r.id
        WHERE r.state > 3 GROUP BY 1, 2, 3"""
    return [
        f"run {run} of {tenant} took {used} ms: settled {settled} times at {metered} ms, {open} holds placed for good"
        for tenant, run, used, metered, settled, open in await truth.rows(query)
        if (settled, open) != (1, 1) or metered != used
    ]


async def unbalanced(truth: Truth) -> Sequence[str]:
    query = "SELECT tenant, unit, sum(amount) FROM billing.balances GROUP BY 1, 2 HAVING sum(amount) <> 0"
    found = [f"the ledger of {tenant} is off by {off} {unit}" for tenant, unit, off in await truth.rows(query)]
    query = """SELECT account FROM billing.balances AS b FULL JOIN (
            SELECT tenant, account, unit, sum(amount) AS amount FROM (
                SELECT tenant, source AS account, unit, -amount AS amount FROM billing.transfers
                UNION ALL SELECT tenant, target, unit, amount FROM billing.transfers) AS sides GROUP BY 1, 2, 3
        ) AS t USING (tenant, account, unit) WHERE b.amount IS DISTINCT FROM t.amount"""
    return [*found, *(f"the balance of {row[0]} is not what its transfers say" for row in await truth.rows(query))]


async def buried(truth: Truth) -> Sequence[str]:
    found = []
    for context in CONTEXTS:
        rows = await truth.rows(f"SELECT consumer, position, error FROM {context}.dead_letters")
        found += [f"{consumer} buried the event at {position}: {error}" for consumer, position, error in rows]
    return found


def differences(before: Mapping[str, Tables], after: Mapping[str, Tables]) -> Sequence[str]:
    """The read models' tables that are not the same twice, with the first row that differs."""
    found = []
    for context, tables in before.items():
        for table, rows in tables.items():
            if (others := after[context][table]) != rows:
                odd = sorted(set(rows) ^ set(others))
                found.append(f"{context}.{table} has {len(rows)} rows, then {len(others)}; first difference: {odd[:1]}")
    return found
