"""The databases behind the operators' commands: those of the data folder, running or not, or one at a URL."""

import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg.rows import TupleRow

from cli.failures import Failure
from kernel.embedded import EmbeddedServers, running_postgres
from kernel.settings import CONTEXTS, data_folder

Connection = psycopg.AsyncConnection[TupleRow]


@dataclass(frozen=True, slots=True)
class Store:
    """A database server as its administrator. `live`: the platform is known to run on it."""

    url: str = field(repr=False)
    live: bool

    async def connect(self) -> Connection:
        """In autocommit; raises Failure where the server does not answer."""
        try:
            return await psycopg.AsyncConnection.connect(self.url, autocommit=True)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise Failure(f"the database does not answer ({reason}); start it, or give another --database") from error


@contextlib.asynccontextmanager
async def opened(url: str | None) -> AsyncIterator[Store]:
    """The server at `url`, or that of the data folder (NF_DATA_DIR), which is started where nothing runs on it."""
    if url:
        yield Store(url, live=False)
        return
    folder = data_folder(os.environ)
    if not (folder / "postgres").is_dir():
        raise Failure(f"{folder} holds no data yet; start the platform once (make up), or set NF_DATA_DIR")
    if running := running_postgres(folder):
        yield Store(running, live=True)
        return
    servers = EmbeddedServers(folder)
    try:
        yield Store((await servers.start()).postgres, live=False)
    finally:
        await servers.stop()


def chosen(context: str | None) -> Sequence[str]:
    """The contexts a command is about: the one named, or all; raises Failure for one there is not."""
    if context and context not in CONTEXTS:
        raise Failure(f"there is no context {context!r}; choose one of {', '.join(CONTEXTS)}")
    return [context] if context else CONTEXTS


async def present(connection: Connection, contexts: Sequence[str]) -> Sequence[str]:
    """Those of the contexts that have a log here."""
    cursor = await connection.execute(
        "SELECT context FROM unnest(%s::text[]) AS context WHERE to_regclass(context || '.events') IS NOT NULL",
        (list(contexts),),
    )
    found = {row[0] for row in await cursor.fetchall()}
    return [context for context in contexts if context in found]
