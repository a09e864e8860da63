"""What is wrong with an upload: single files, rows and cells, and the sentence that refuses the whole."""

from collections import Counter
from dataclasses import dataclass

from foundry.errors import FoundryError

MOST_FILES_LISTED = 1000
MOST_ROWS_LISTED = 100
LONGEST_PLACE = 200
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that cannot be used. `path` names a file of an archive; `row` counts as a spreadsheet does: the header
    is row 1, 0 is no row. `code` is a stable word for programs."""

    code: str
    reason: str
    path: str = ""
    row: int = 0
    column: str = ""


class BadFile(Exception):
    """One file of an archive that cannot be used, and why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Faults:
    """Counts all faults by code and lists the first `most`; `units` are the files or rows that are lost."""

    def __init__(self, most: int = MOST_FILES_LISTED) -> None:
        self.listed: list[Fault] = []
        self.counts: Counter[str] = Counter()
        self.units = 0
        self._most = most

    def add(self, fault: Fault) -> None:
        self.counts[fault.code] += 1
        if len(self.listed) < self._most:
            path, column = fault.path[:LONGEST_PLACE], fault.column[:LONGEST_PLACE]
            self.listed.append(Fault(fault.code, fault.reason[:LONGEST_REASON], path, fault.row, column))

    def summary(self) -> str:
        """`2 truncated, 1 not an image`, the commonest first."""
        return ", ".join(f"{count} {code.replace('_', ' ')}" for code, count in self.counts.most_common())


class Refused(FoundryError):
    """The upload as a whole cannot become a data set; `faults` lists what is known to be wrong with its parts."""

    def __init__(self, message: str, faults: Faults | None = None) -> None:
        super().__init__(message)
        self.faults = faults or Faults()


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Whether bad files or rows are left out: up to `per_mille` of all, 0 for none."""

    per_mille: int = 0

    def check(self, faults: Faults, total: int, what: str) -> None:
        """Raises Refused where `faults` cost more of the `total` files or rows than may be left out."""
        lost = faults.units
        if not lost:
            return
        found = f"{lost} of {total} {what} cannot be used ({faults.summary()})"
        if not self.per_mille:
            raise Refused(f"{found}; mend or remove them, or choose to leave bad {what} out", faults)
        if lost * 1000 > total * self.per_mille:
            raise Refused(f"{found}, more than the {self.per_mille / 10:g} % that may be left out; mend them", faults)
