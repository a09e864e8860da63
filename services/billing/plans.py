"""Plans as data: `plans.toml` read into frozen values, refused at start-up where it says something nobody enforces."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.errors import Rejected

PLANS = Path(__file__).with_name("plans.toml")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a plan gives of one device kind."""

    device_kind: str
    micro_dollars_per_hour: int
    milliseconds_per_month: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`allowances` by device kind; a kind that is not there is not in the plan."""

    name: str
    title: str
    allowances: Mapping[str, Allowance]
    micro_dollars_per_run: int | None = None


@dataclass(frozen=True, slots=True)
class Plans:
    """Every plan there is, in the order of the file."""

    default: str
    by_name: Mapping[str, Plan]

    def of(self, chosen: str) -> Plan:
        """The plan an account has chosen, the default for one that has not; raises Rejected for one that is gone."""
        name = chosen or self.default
        plan = self.by_name.get(name)
        if plan is None:
            raise Rejected(f"the plan {name!r} is not offered any more; choose one of {', '.join(self.by_name)}")
        return plan


def read_plans(path: Path = PLANS) -> Plans:
    """The plans in a TOML file; raises SystemExit saying what in it is wrong."""
    try:
        document = tomllib.loads(path.read_text())
        plans = Plans(document["default"], {name: _plan(name, **table) for name, table in document["plans"].items()})
        plans.of("")
    except KeyError as error:
        raise SystemExit(f"{path} does not say {error}; see the plans.toml of services/billing") from error
    except (OSError, TypeError, ValueError, AttributeError, Rejected) as error:
        raise SystemExit(f"{path} cannot be read as plans: {error}") from error
    return plans


def _plan(name: str, title: str, devices: Mapping[str, Mapping[str, Any]], **limits: int) -> Plan:
    allowances = {kind: Allowance(kind, **_amounts(name, table)) for kind, table in devices.items()}
    return Plan(name, title, allowances, **_amounts(name, limits))


def _amounts(plan: str, table: Mapping[str, Any]) -> Mapping[str, int]:
    for key, value in table.items():
        if type(value) is not int or value < 0:
            raise ValueError(f"{key} of plan {plan!r} must be a whole number from 0, not {value!r}")
    return table
