"""The command line as a person uses it: arguments in; exit code, output and errors out."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.__main__ import main


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Neuralforge = Callable[..., Said]


@pytest.fixture
def neuralforge(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Neuralforge:
    """`neuralforge("check", path, "--json")` in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["neuralforge", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, out, err)

    return run


def check_sentence(said: Said, *parts: str) -> None:
    """Refused in one sentence on stderr that holds the parts."""
    assert (said.code, said.out) == (2, ""), said
    assert said.err.startswith("neuralforge: ")
    assert said.err.count("\n") == 1, said.err
    assert "Traceback" not in said.err
    for part in parts:
        assert part in said.err, said.err
