"""Plans as data: what the file may say, and the sentence where it says something else."""

from pathlib import Path

import pytest

from services.billing.amounts import spell_money, spell_time
from services.billing.plans import read_plans

GOOD = """
default = "lab"
[plans.lab]
title = "Lab"
[plans.lab.devices.cpu]
micro_dollars_per_hour = 0
[plans.lab.devices.a100]
micro_dollars_per_hour = 3_000_000
milliseconds_per_month = 3_600_000
"""


def test_the_default_plan_is_free() -> None:
    plan = read_plans().of("")
    assert (plan.name, plan.title, plan.micro_dollars_per_run) == ("free", "Free", 1_000_000)
    assert plan.allowances["t4"].milliseconds_per_month == 36_000_000
    assert plan.allowances["cpu"].milliseconds_per_month is None


def test_plans_can_be_another_file(tmp_path: Path) -> None:
    (tmp_path / "plans.toml").write_text(GOOD)
    plan = read_plans(tmp_path / "plans.toml").of("lab")
    assert plan.micro_dollars_per_run is None
    assert list(plan.allowances) == ["cpu", "a100"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('title = "Lab"', 'title = "Lab"\nseats = 3'), "seats"),
        (("= 3_600_000", "= -1"), "milliseconds_per_month of plan 'lab' must be a whole number from 0, not -1"),
        (("= 3_600_000", "= 1.5"), "must be a whole number from 0, not 1.5"),
        (('default = "lab"', 'default = "gone"'), "'gone' is not offered"),
        (('default = "lab"', ""), "does not say 'default'"),
        (('title = "Lab"', "title = "), "cannot be read as plans"),
    ],
)
def test_a_file_that_says_something_else_stops_the_start(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    path = tmp_path / "plans.toml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(SystemExit) as stop:
        read_plans(path)
    assert sentence in str(stop.value)
    assert str(path) in str(stop.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"nowhere\.toml"):
        read_plans(tmp_path / "nowhere.toml")


def test_amounts_are_spelled_exactly() -> None:
    assert [spell_time(ms) for ms in (0, 1, 61_001, 5_400_000)] == ["0 s", "1 ms", "1 min 1 s 1 ms", "1 h 30 min"]
    assert [spell_money(amount) for amount in (0, 1, 350_000, 1_050_000)] == ["$0.00", "$0.000001", "$0.35", "$1.05"]
