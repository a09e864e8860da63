"""How much memory is free, so that what cannot fit is refused in a sentence before the kernel ends the process."""

from pathlib import Path

from foundry.errors import FoundryError

COPIES = 2  # the whole, and the splits made of it
SYSTEM, GROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


def check_memory(size: int, what: str) -> None:
    """Raises FoundryError unless COPIES of `size` bytes fit into the memory that is free."""
    free = available_bytes()
    if free is not None and COPIES * size > free:
        need = f"{COPIES * size / 2**30:.1f} GiB of memory and {free / 2**30:.1f} GiB are free"
        raise FoundryError(f"{what} need {need}; make a version of smaller images or fewer rows")


def available_bytes() -> int | None:
    """What the machine and the process's group (cgroup v2) still have; None where neither says."""
    found = [size for size in (_of_system(), _of_group()) if size is not None]
    return min(found, default=None)


def _of_system() -> int | None:
    if not SYSTEM.exists():
        return None
    lines = (line.split() for line in SYSTEM.read_text().splitlines())
    return next((int(words[1]) * 1024 for words in lines if words[0] == "MemAvailable:"), None)


def _of_group() -> int | None:
    try:
        limit, used = ((GROUP / name).read_text().strip() for name in ("memory.max", "memory.current"))
        cached = dict(line.split() for line in (GROUP / "memory.stat").read_text().splitlines()).get(
            "inactive_file", "0"
        )
    except OSError:
        return None  # no cgroup v2 here, or none of our own
    return None if limit == "max" else max(0, int(limit) - int(used) + int(cached))
