"""What each column of a table holds, decided by all of its rows: numbers, truths or categories."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from foundry.ingest.faults import Refused

MOST_CATEGORIES = 1000
LONGEST_CATEGORY = 100
LARGEST = 1e37  # float32 ends at 3.4e38
MISSING = ("", "NA", "N/A", "na", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "?", "-")
TRUTHS = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}
INTEGER = r"^[+-]?[0-9]{1,15}$"
NUMBER = r"^[+-]?([0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?$"


class Kind(Enum):
    """AUTO is for options alone: the column's cells decide."""

    AUTO = "auto"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    IGNORE = "ignore"

    @property
    def numeric(self) -> bool:
        return self in (Kind.NUMBER, Kind.INTEGER)


@dataclass
class Profile:
    """What a column's cells are, counted; `values` stays empty once there are too many for categories."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    many: bool = False

    def observe(self, cells: Sequence[str]) -> None:
        """Counts a batch of cells."""
        import pyarrow.compute as pc

        found = Cells(cells)
        texts = len(cells)
        for kind, mask in (("missing", found.missing), ("number", found.number), ("boolean", found.boolean)):
            self.counts[kind] += (count := pc.sum(mask).as_py() or 0)
            texts -= count
        self.counts["integer"] += pc.sum(found.integer).as_py() or 0
        self.counts["text"] += texts
        if not self.many:
            self._count(found)

    def _count(self, found: "Cells") -> None:
        import pyarrow.compute as pc

        kept = found.text.filter(pc.invert(found.missing))
        for entry in pc.value_counts(kept):
            self.values[entry["values"].as_py()] += entry["counts"].as_py()
            if len(self.values) > MOST_CATEGORIES:
                break
        if len(self.values) > MOST_CATEGORIES or any(len(value) > LONGEST_CATEGORY for value in self.values):
            self.values.clear()
            self.many = True

    def kind(self, declared: Kind) -> Kind:
        """What the column is taken as; raises Refused where that cannot be said or done.

        A column of numbers with a few texts is taken as numbers, so that each text is a fault with its row.
        """
        numbers, booleans, texts = (self.counts[name] for name in ("number", "boolean", "text"))
        if declared is Kind.IGNORE:
            return declared
        if not numbers + booleans + texts:
            raise Refused(f"the column {self.name!r} has no values; ignore it")
        found = declared if declared is not Kind.AUTO else self._found(numbers, booleans, texts)
        if found is Kind.CATEGORY and self.many:
            most = f"more than {MOST_CATEGORIES} different texts, or texts of more than {LONGEST_CATEGORY} characters"
            raise Refused(f"the column {self.name!r} has {most}; ignore it")
        return found

    def _found(self, numbers: int, booleans: int, texts: int) -> Kind:
        if numbers and numbers >= booleans + texts:
            return Kind.INTEGER if self.counts["integer"] == numbers else Kind.NUMBER
        if booleans and not texts and not numbers:
            return Kind.BOOLEAN
        return Kind.CATEGORY

    def categories(self) -> tuple[str, ...]:
        """The different values: in the order of numbers where all are whole ones, else of letters."""
        whole = all(value.lstrip("+-").isdecimal() for value in self.values)
        return tuple(sorted(self.values, key=lambda value: (int(value), value) if whole else (0, value)))


class Cells:
    """A batch of one column's cells, classed. `number` includes `integer`."""

    def __init__(self, cells: Sequence[str]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self.text = pc.utf8_trim_whitespace(pa.array(cells, pa.string()))
        self.missing = pc.is_in(self.text, value_set=pa.array(MISSING))
        written = pc.match_substring_regex(self.text, NUMBER)
        self.values = pc.cast(pc.if_else(written, self.text, None), pa.float64())
        self.number = pc.fill_null(pc.less_equal(pc.abs(self.values), LARGEST), False)
        self.integer = pc.and_(self.number, pc.match_substring_regex(self.text, INTEGER))
        self.boolean = pc.is_in(pc.utf8_lower(self.text), value_set=pa.array([*TRUTHS]))


def kinds(profiles: Sequence[Profile], declared: Mapping[str, Kind], target: str) -> dict[str, Kind]:
    """Each column's kind; raises Refused for names that no column has and where no input would remain."""
    names = [profile.name for profile in profiles]
    for name in (*declared, target):
        if name not in names:
            raise Refused(f"there is no column {name[:80]!r}; the file has {_listed(names)}")
    found: dict[str, Kind] = {}
    for profile in profiles:
        asked = Kind.CATEGORY if profile.name == target else declared.get(profile.name, Kind.AUTO)
        found[profile.name] = profile.kind(asked)
    if not any(kind is not Kind.IGNORE for name, kind in found.items() if name != target):
        raise Refused("every column but the target is ignored; leave at least one to learn from")
    return found


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:10])
    return shown if len(names) <= 10 else f"{shown} and {len(names) - 10} more"
