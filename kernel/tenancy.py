"""Whose rows a piece of code may see: those of the tenant it acts for, which is the caller's unless it says another.

A service is given a TenantDatabase. None of its queries can forget the tenant: row-level security adds it.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, LiteralString

from psycopg.rows import TupleRow

from kernel.call import current_call
from kernel.database import Connection, Database, first

_stated: ContextVar[str] = ContextVar("tenant", default="")


@contextmanager
def acting_for(tenant: str) -> Iterator[None]:
    """Makes the code inside act for `tenant`: background work on its things, or a call that reaches into another."""
    token = _stated.set(tenant)
    try:
        yield
    finally:
        _stated.reset(token)


def acting_tenant() -> str:
    """The tenant stated by `acting_for`, else the caller's; raises RuntimeError where there is neither."""
    grant = current_call().grant
    tenant = _stated.get() or (grant.tenant if grant else "")
    if not tenant:
        raise RuntimeError("this code acts for no tenant: wrap it in `acting_for(tenant)`, or use `every_tenant`")
    return tenant


def require_reach(tenant: str) -> None:
    """Raises RuntimeError in a call that reads another tenant's stream than its caller's: the fault is ours."""
    grant = current_call().grant
    if grant and grant.tenant != tenant:
        raise RuntimeError(f"{current_call().method} reads a stream of another tenant than its caller's")


class TenantDatabase:
    """A service's database as its own code sees it; `every_tenant` for what looks after all of them."""

    def __init__(self, every_tenant: Database) -> None:
        self.every_tenant = every_tenant

    async def fetch(self, query: LiteralString, *values: object) -> list[TupleRow]:
        """All rows of one query."""
        return await self.every_tenant.fetch_of(acting_tenant(), query, *values)

    async def fetch_one(self, query: LiteralString, *values: object) -> TupleRow | None:
        """The first row of one query, or None."""
        return first(await self.fetch(query, *values))

    async def execute(self, query: LiteralString, *values: Any) -> int:
        """Runs one statement in a transaction of its own; returns how many rows it touched."""
        return await self.every_tenant.execute_of(acting_tenant(), query, *values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction."""
        async with self.every_tenant.transaction_of(acting_tenant()) as connection:
            yield connection
