"""Every process restarted in turn under load, the long form: `python -m tests.split.rolling --requests 10000`.

Ends with 0 where no request failed; prints the figures that docs/reliability.md shows.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.settings import CONTEXTS
from tests.split.load import Load
from tests.split.running import RunningSplit, SplitPlatform


async def rolled(running: RunningSplit, requests: int) -> Mapping[str, Any]:
    """The figures of whole rounds of restarts, until there were as many requests."""
    platform = SplitPlatform(running)
    await platform.start()
    person = await platform.lasting()
    load = Load(person, await person.project(), running.divided.url)
    over, begun, restarts = asyncio.Event(), time.monotonic(), 0
    loading = asyncio.create_task(load.until(over.is_set))
    while load.tally.requests < requests:
        for name in running.parts:
            await running.restart_part(name)
            restarts += 1
            print(f"{name} restarted; {load.tally.requests} requests, {len(load.tally.failed)} failed", flush=True)
    over.set()
    tally = await loading
    await platform.stop()
    return {
        "requests": tally.requests,
        "failed": len(tally.failed),
        "reasons": tally.failed[:10],
        "restarts": restarts,
        "asked again on a new connection": tally.again,
        "slowest seconds": {kind: round(seconds, 2) for kind, seconds in tally.slowest.items()},
        "seconds": round(time.monotonic() - begun),
        "answered": dict(tally.answered),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="neuralforge-rolling-") as folder, contextlib.ExitStack() as stack:
        running = RunningSplit(Path(folder) / "data", ",".join(f"{context}=2" for context in CONTEXTS))
        stack.callback(running.stop)
        figures = asyncio.run(rolled(running, asked.requests))
    print(json.dumps(figures, indent=2))
    sys.exit(bool(figures["failed"]))


if __name__ == "__main__":
    main()
