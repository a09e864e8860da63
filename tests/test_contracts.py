"""The contracts keep to the rules of their kind, and change only by addition."""

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROTO = ROOT / "proto"
BUF = PROTO / "node_modules" / ".bin" / "buf"


def buf(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if not BUF.exists():
        pytest.fail("buf is not installed; run `make test`, or `npm install --no-save` in proto/")
    return subprocess.run([BUF, *arguments], cwd=PROTO, capture_output=True, text=True, timeout=120)


def git(*arguments: str) -> bytes:
    answer = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, timeout=60)
    if answer.returncode:
        pytest.skip("not a git repository with a history")
    return answer.stdout


def previous_version(folder: Path) -> Path:
    """The contracts as last committed before their present form; as committed where there was no other."""
    changed = git("status", "--porcelain", "--", "proto/neuralforge")
    commits = git("log", "--format=%H", "-2", "--", "proto/neuralforge").decode().split()
    commit = "HEAD" if changed or len(commits) < 2 else commits[1]
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit, "proto"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "proto"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The contracts, to be changed."""
    return Path(shutil.copytree(PROTO, tmp_path / "copy", ignore=shutil.ignore_patterns("node_modules")))


def change(copy: Path, context: str, pattern: str, replacement: str) -> None:
    file = copy / "neuralforge" / context / "v1" / "service.proto"
    text, changes = re.subn(pattern, replacement, file.read_text(), count=1)
    assert changes == 1, f"nothing in {file.name} of {context} matches {pattern}"
    file.write_text(text)


def test_contracts_follow_the_rules_of_their_kind() -> None:
    answer = buf("lint")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_no_contract_breaks_the_previous_one(tmp_path: Path) -> None:
    answer = buf("breaking", "--against", previous_version(tmp_path))
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_additions_break_nothing(copy: Path) -> None:
    change(copy, "workspace", r"(message Organisation \{)", r"\1\n  string motto = 99;")
    answer = buf("breaking", copy, "--against", PROTO)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("pattern", "replacement", "says"),
    [
        (r"(message User \{\n  string id = 1;\n)  string email = 2;\n", r"\1", r'field "2" with name "email".*deleted'),
        (r"(message User \{\n  string) id = 1;", r"\1 identity = 1;", "changed.*name"),
        (r"(message User \{\n  )string id = 1;", r"\1int64 id = 1;", "changed type"),
        (r"(?s)  // Closes the session of a refresh token.*?\n  \}\n", "", "LogOut.*deleted"),
    ],
    ids=["removed field", "renamed field", "changed type", "removed RPC"],
)
def test_what_would_break_a_client_is_reported(copy: Path, pattern: str, replacement: str, says: str) -> None:
    change(copy, "workspace", pattern, replacement)
    answer = buf("breaking", copy, "--against", PROTO)
    assert answer.returncode == 100
    assert re.search(says, answer.stdout), answer.stdout


def test_what_is_written_against_the_rules_is_reported(copy: Path) -> None:
    change(copy, "workspace", r"VISIBILITY_UNSPECIFIED", "PRIVATE_BY_DEFAULT")
    answer = buf("lint", copy)
    assert answer.returncode == 100
    assert "VISIBILITY_" in answer.stdout
