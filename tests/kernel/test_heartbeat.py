"""A job's sign of life."""

import subprocess
import sys
import threading

from kernel.heartbeat import Heartbeat

LOST = """
import time
from kernel.heartbeat import Heartbeat
def beat(): raise RuntimeError("nobody listens")
with Heartbeat(beat, seconds=0):
    time.sleep(60)
"""


def test_beats_until_the_block_is_left() -> None:
    enough, beats = threading.Event(), []

    def beat() -> None:
        beats.append(threading.current_thread().name)
        if len(beats) == 3:
            enough.set()

    with Heartbeat(beat, seconds=0.01):
        assert enough.wait(10)
    assert set(beats) == {"heartbeat"}
    assert "heartbeat" not in [thread.name for thread in threading.enumerate()]


def test_first_fault_ends_the_process_with_a_sentence() -> None:
    ended = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (1, "stopped at once: nobody listens\n")
