"""Tells a supervisor that this process serves: a line on the descriptor that NF_READY_FD names. Nobody need listen."""

import os
from collections.abc import Mapping

READY_VARIABLE = "NF_READY_FD"


def tell_ready(environment: Mapping[str, str]) -> None:
    """Call once, when the process answers."""
    if descriptor := environment.get(READY_VARIABLE):
        with os.fdopen(int(descriptor), "wb") as pipe:
            pipe.write(b"ready\n")
