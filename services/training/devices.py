"""What runs can run on: the launcher's devices, their kinds as plans price them, and their slots."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kernel import launcher
from kernel.errors import Rejected

CPU_SLOTS = 1
GPU_SLOTS = 1
REMEMBER_SECONDS = 30.0
PRICED_MODELS = re.compile(r"\b(t4|a10g|a100|h100)\b")


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is what plans price: "cpu", a known GPU model such as "h100", or "cuda" for any other."""

    name: str
    kind: str
    slots: int
    memory_bytes: int


def describe(found: launcher.Device) -> Device:
    """A launcher's device as runs see it."""
    if found.kind == "cpu":
        return Device(found.name, "cpu", CPU_SLOTS, found.memory_bytes)
    known = PRICED_MODELS.search(found.model.lower())
    return Device(found.name, known[1] if known else "cuda", GPU_SLOTS, found.memory_bytes)


class Devices:
    """Asks the launcher, and remembers the answer for a while: asking a GPU driver takes a process."""

    def __init__(self, engine: launcher.Launcher) -> None:
        self._engine = engine
        self._known: Sequence[Device] = ()
        self._asked = float("-inf")

    async def list(self) -> Sequence[Device]:
        if time.monotonic() - self._asked > REMEMBER_SECONDS:
            self._known = [describe(device) for device in await self._engine.devices()]
            self._asked = time.monotonic()
        return self._known

    async def slots(self) -> Mapping[str, int]:
        """How many runs fit on each device at a time, by name."""
        return {device.name: device.slots for device in await self.list()}

    async def require(self, name: str) -> Device:
        """The device of that name; raises Rejected saying which there are."""
        known = await self.list()
        for device in known:
            if device.name == name:
                return device
        names = ", ".join(device.name for device in known)
        raise Rejected(f"there is no device {name[:40]!r} here; choose one of: {names}", reason="NO_SUCH_DEVICE")
