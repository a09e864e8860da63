"""Keys on disk: made once, for their owner's eyes only."""

import os
import stat
from pathlib import Path

import pytest

from kernel.keys import KeyRing


@pytest.fixture
def open_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


def test_only_the_owner_may_read_keys(tmp_path: Path, open_umask: None) -> None:
    folder = tmp_path / "keys"
    KeyRing(folder).create(["grant", "graph"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == dict.fromkeys(
        ["grant.pem", "grant.pub.pem", "graph.pem", "graph.pub.pem"], 0o600
    )


def test_a_key_pair_belongs_together_and_stays(tmp_path: Path) -> None:
    KeyRing(tmp_path).create(["grant"])
    signature = KeyRing(tmp_path).private("grant").sign(b"text")
    KeyRing(tmp_path).create(["grant", "graph"])
    keys = KeyRing(tmp_path).public_keys()
    keys["grant"].verify(signature, b"text")
    assert {*keys} == {"grant", "graph"}


def test_a_start_that_was_cut_off_between_the_two_files_is_made_good(tmp_path: Path) -> None:
    KeyRing(tmp_path).create(["grant"])
    (tmp_path / "grant.pem").unlink()
    KeyRing(tmp_path).create(["grant"])
    KeyRing(tmp_path).public_keys()["grant"].verify(KeyRing(tmp_path).private("grant").sign(b"text"), b"text")


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"training\.pem is missing"):
        KeyRing(tmp_path).private("training")


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "grant.pem").write_bytes(content)
    with pytest.raises(SystemExit, match=r"grant\.pem"):
        KeyRing(tmp_path).private("grant")
