"""What the services of one machine need of its data folder before they start: keys, and a database role each."""

from collections.abc import Mapping
from pathlib import Path

from kernel.database import provision
from kernel.keys import GRANT_KEY, PERSONAL_KEY, KeyRing
from kernel.processes import secret
from kernel.settings import CONTEXTS


def keys(folder: Path) -> KeyRing:
    """The machine's key ring, complete."""
    ring = KeyRing(folder / "keys")
    ring.create([GRANT_KEY, PERSONAL_KEY, *CONTEXTS])
    return ring


async def databases(folder: Path, postgres: str) -> Mapping[str, str]:
    """Each context's own URL, with a role, a schema and a password that no other context knows."""
    return {
        context: await provision(postgres, context, secret(folder / "secrets" / f"database-{context}"))
        for context in CONTEXTS
    }
