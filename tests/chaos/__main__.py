"""`make chaos`: faults at seeded points, round after round, on one platform; what was seen goes to out/chaos/."""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.machine import machine
from tests.chaos.plan import Strike, kills, link_faults
from tests.chaos.rebuild import rebuilt_in_place
from tests.chaos.report import markdown
from tests.chaos.rounds import Report, Round

OUT = Path("out/chaos")
MOST_ROUNDS_MORE = 2  # for strikes whose point never came


@dataclass(frozen=True, slots=True)
class Campaign:
    """Rounds of `per_round` kills and `links` link faults, until there were `kills` kills or `minutes` are over."""

    seed: int
    kills: int
    people: int
    per_round: int
    links: int
    minutes: float

    async def run(self) -> list[Report]:
        """The report is written anew after each round."""
        reports: list[Report] = []
        until = time.monotonic() + 60 * self.minutes
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            async with machine(Path(folder), self.seed) as running:
                for number in range(-(-self.kills // self.per_round) + MOST_ROUNDS_MORE):
                    plan = self._plan(number, reports, tuple(running.links))
                    if not plan or time.monotonic() > until:
                        break
                    report = await Round(running, f"round{number + 1}", self.people).run(plan)
                    report.problems += await rebuilt_in_place(running)
                    reports.append(report)
                    write(self.seed, reports)
        return reports

    def _plan(self, number: int, reports: list[Report], links: Sequence[tuple[str, str]]) -> Sequence[Strike]:
        struck = sum(each.strike.kind == "kill" for report in reports for each in report.struck)
        wanted = min(self.per_round, self.kills - struck)
        if wanted <= 0:
            return []
        broken = link_faults(self.seed + number, self.links, self.people, links)
        return [*kills(self.seed + number, wanted, self.people), *broken]


def write(seed: int, reports: list[Report]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    document = {"seed": seed, "rounds": [report.to_json() for report in reports]}
    (OUT / "report.json").write_text(json.dumps(document, indent=2))
    (OUT / "report.md").write_text(markdown(seed, reports))
    print(markdown(seed, reports[-1:]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--people", type=int, default=5, help="each an organisation of its own")
    parser.add_argument("--per-round", type=int, default=20)
    parser.add_argument("--links", type=int, default=6, help="link faults a round")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin no further round after that")
    given = parser.parse_args()
    print(f"seed {given.seed}; the report goes to {OUT}/", flush=True)
    reports = asyncio.run(Campaign(**vars(given)).run())
    raise SystemExit(any(report.problems for report in reports))


if __name__ == "__main__":
    main()
