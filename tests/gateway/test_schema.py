"""The committed schema is the one served, and changes by addition only."""

import subprocess
from pathlib import Path

import pytest
from graphql import build_schema
from graphql.utilities import find_breaking_changes

from gateway.schema import SCHEMA
from gateway.schema.__main__ import FILE

ROOT = Path(__file__).parents[2]


def test_the_committed_schema_is_the_one_served() -> None:
    assert FILE.read_text() == f"{SCHEMA}\n", "run `python -m gateway.schema` and commit the file"


def test_nothing_is_taken_away() -> None:
    shown = subprocess.run(
        ["git", "show", "HEAD:gateway/schema.graphql"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if shown.returncode:
        pytest.skip("there is no schema in an earlier commit to compare with")
    changes = find_breaking_changes(build_schema(shown.stdout), build_schema(f"{SCHEMA}"))
    assert not changes, "\n".join(change.description for change in changes)
