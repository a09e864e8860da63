"""What rounds saw, as a page for people."""

from collections import Counter
from collections.abc import Sequence

from tests.chaos.rounds import Report, Struck

WIDTH = 300
COLUMNS = (
    "round",
    "people",
    "kills",
    "missed",
    "seconds",
    "after the last fault",
    "of these nobody at work",
    "longest so",
    "acknowledged",
    "tries",
    "runs' attempts",
    "problems",
)


def markdown(seed: int, reports: Sequence[Report]) -> str:
    """A table of rounds, how often each fault struck, and every problem in full."""
    struck = Counter(name(each) for report in reports for each in report.struck)
    lines = [
        f"# Chaos, seed {seed}",
        "",
        f"{struck.total()} faults in {len(reports)} rounds: "
        + ", ".join(f"{fault} {count}" for fault, count in sorted(struck.items())),
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
    ]
    lines += [f"| {' | '.join(map(str, row(report)))} |" for report in reports]
    for report in reports:
        for problem in report.problems:
            lines.append(f"- {report.name}: {problem[:WIDTH]}")
    return "\n".join([*lines, ""])


def name(struck: Struck) -> str:
    """Kills by what was killed; of links there are too many."""
    return f"kill {struck.found}" if struck.strike.kind == "kill" else struck.strike.kind


def row(report: Report) -> Sequence[object]:
    """One round's figures, as COLUMNS name them; seconds."""
    return (
        report.name,
        report.people,
        len(report.struck),
        len(report.missed),
        round(report.seconds),
        report.converged,
        report.waited,
        report.longest_wait,
        report.acknowledged,
        report.tries,
        report.attempts,
        len(report.problems),
    )
