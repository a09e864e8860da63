"""docs/templates.md lists every template with the figures that the analysis finds."""

from pathlib import Path

import pytest

from blueprint import analyze, instantiate, templates
from blueprint.dimensions import substitute

PAGE = Path(__file__).parents[2] / "docs" / "templates.md"
LENGTH = 128


def rows() -> list[list[str]]:
    """The cells of the table below its head."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def millions(count: int) -> str:
    return f"{count / 10**6:,.3f} M"


def test_every_template_is_listed_in_order() -> None:
    assert [row[0].strip("`") for row in rows()] == [template.name for template in templates()]


@pytest.mark.parametrize("row", rows(), ids=[row[0] for row in rows()])
def test_its_figures_are_those_of_the_analysis(row: list[str]) -> None:
    name, params, macs = row[0].strip("`"), row[2], row[3]
    totals = analyze(instantiate(name)).totals
    assert params == f"{totals.params:,}"
    assert macs == millions(int(str(substitute(totals.macs, {"T": LENGTH}))))
