"""`neuralforge up` in a process of its own, on free ports and a folder of its own, with the studio as it was built."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
STUDIO = CODE / "web" / "dist"


@contextmanager
def platform(folder: Path) -> Iterator[str]:
    """The address of a platform that is ready; stopped as Ctrl-C would."""
    environment = {"NF_HTTP_PORT": "0", "NF_GRPC_PORT": "0", "NF_DATA_DIR": str(folder), "NF_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "up"],
        cwd=CODE,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _address(process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    said: list[str] = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("ready"):
            found = re.search(r"^HTTP +(\S+)/$", "".join(said), re.MULTILINE)
            assert found, said
            return found.group(1)
    raise RuntimeError(f"neuralforge up ended before it was ready: {''.join(said)}")
