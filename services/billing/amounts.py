"""Time and money: whole milliseconds and whole micro-dollars, calendar months in UTC, and how people read them."""

from dataclasses import dataclass
from datetime import UTC, datetime

MILLISECONDS_PER_HOUR = 3_600_000
MILLISECONDS_PER_DAY = 24 * MILLISECONDS_PER_HOUR
MICRO_DOLLARS = 1_000_000
UNITS = ((MILLISECONDS_PER_HOUR, "h"), (60_000, "min"), (1_000, "s"), (1, "ms"))


def cost(milliseconds: int, price: int) -> int:
    """Micro-dollars for device time at `price` micro-dollars an hour, rounded up once to a whole micro-dollar."""
    return -(-milliseconds * price // MILLISECONDS_PER_HOUR)


def affordable(micro_dollars: int, price: int) -> int:
    """The most milliseconds whose `cost` at `price` (not 0) stays within `micro_dollars`."""
    return micro_dollars * MILLISECONDS_PER_HOUR // price


def spell_time(milliseconds: int) -> str:
    """Exactly, in the units people use: 5_430_000 is `1 h 30 min 30 s`."""
    parts = []
    for size, unit in UNITS:
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"


def spell_money(micro_dollars: int) -> str:
    """Exactly, with at least two decimals: 1_050_000 is `$1.05`."""
    dollars, rest = divmod(micro_dollars, MICRO_DOLLARS)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"${dollars}.{decimals}"


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC, the period of every quota."""

    year: int
    number: int

    @staticmethod
    def of(moment: datetime) -> "Month":
        moment = moment.astimezone(UTC)
        return Month(moment.year, moment.month)

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment of the next month."""
        return datetime(self.year + self.number // 12, self.number % 12 + 1, 1, tzinfo=UTC)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
