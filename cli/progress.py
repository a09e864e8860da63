"""How long work shows itself: a bar on a terminal, a line per step elsewhere, JSON lines for programs."""

import json
import sys
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from foundry.figures import finite


class Steps:
    """Progress of one command. Use as a context manager; `step` reports, `advance` moves the bar."""

    def __init__(self, title: str, total: int, *, json: bool) -> None:
        self._json = json
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            disable=json or not self._console.is_terminal,
        )
        self._task = self._bar.add_task(title, total=total, note="")

    def __enter__(self) -> "Steps":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def total(self, steps: int) -> None:
        """There is more, or less, to do than was thought."""
        self._bar.update(self._task, total=steps)

    def warn(self, sentence: str) -> None:
        """What a person should look at, whatever else is shown."""
        self._console.print(f"warning: {sentence}", markup=False, highlight=False, soft_wrap=True)

    def step(self, done: int, note: str, *, quiet: bool = False, **values: Any) -> None:
        """One step is over: `note` for people, `values` for programs, null where they are no number.

        `quiet` moves a bar but prints no line.
        """
        if self._json:
            print(json.dumps(finite(values)), flush=True)
        elif self._console.is_terminal:
            self._bar.update(self._task, completed=done, note=note)
        elif not quiet:
            print(note, file=sys.stderr, flush=True)
