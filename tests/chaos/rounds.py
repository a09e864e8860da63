"""One round: people at work, strikes at their points, quiet; then everything is looked at from behind."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.chaos.checks import problems
from tests.chaos.machine import Machine
from tests.chaos.mails import miscounted
from tests.chaos.main_job import Outcome, main_job
from tests.chaos.moments import follow_logs
from tests.chaos.person import Acknowledged, Gone, Person, Refused
from tests.chaos.plan import Strike
from tests.chaos.truth import Truth
from tests.chaos.waiting import Waiting

QUIET_SECONDS = 60.0


@dataclass
class Struck:
    strike: Strike
    found: str
    seconds: float


@dataclass
class Report:
    """What one round saw. `converged` is the seconds from the last fault until every job had ended and was heard of.

    Of these nobody was at work for `waited`, and for `longest_wait` at a stretch.
    """

    name: str
    people: int
    struck: list[Struck] = field(default_factory=list)
    missed: list[Strike] = field(default_factory=list)
    seconds: float = 0.0
    converged: float = 0.0
    waited: float = 0.0
    longest_wait: float = 0.0
    acknowledged: int = 0
    tries: int = 0
    attempts: int = 0
    events: int = 0
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Round:
    """`people` do the main job with `epochs` of training each; names, and so keys, begin with `name`."""

    def __init__(self, machine: Machine, name: str, people: int, *, epochs: int = 2) -> None:
        self._machine = machine
        self._epochs = epochs
        self._started = time.monotonic()
        self._last_fault = self._started
        self.report = Report(name, people)
        self._waiting = Waiting(machine)
        self.acknowledged: list[Acknowledged] = []

    async def run(self, strikes: Sequence[Strike] = ()) -> Report:
        """Does it all but the rebuild; what is wrong stands in the report."""
        self._machine.moments.told.clear()
        self._started = self._last_fault = time.monotonic()
        async with Truth(self._machine.admin) as truth:
            heads = await truth.heads()
        following = asyncio.create_task(follow_logs(self._machine.admin, self._machine.moments, heads))
        waiting = asyncio.create_task(self._waiting.follow())
        try:
            await self._look(await self._worked(strikes))
        finally:
            following.cancel()
            waiting.cancel()
        return self.report

    async def _worked(self, strikes: Sequence[Strike]) -> Sequence[Outcome]:
        striking = [asyncio.create_task(self._strike(strike)) for strike in strikes]
        try:
            return await asyncio.gather(*(self._work(number) for number in range(self.report.people)))
        finally:
            await self._end(strikes, striking)

    async def _strike(self, strike: Strike) -> None:
        await self._machine.moments.reached(strike.moment, strike.number)
        found = await self._machine.strike(strike.kind, strike.target)
        self._last_fault = time.monotonic()
        self._waiting.begin()
        self.report.struck.append(Struck(strike, found, round(self._last_fault - self._started, 2)))

    async def _end(self, strikes: Sequence[Strike], striking: Sequence["asyncio.Task[None]"]) -> None:
        for task in striking:
            task.cancel()
        await asyncio.gather(*striking, return_exceptions=True)
        done = [struck.strike for struck in self.report.struck]
        self.report.missed = [strike for strike in strikes if strike not in done]

    async def _work(self, number: int) -> Outcome:
        name = f"{self.report.name}-{number}"
        async with Person(self._machine.url, f"{name}@example.com", self._machine.moments) as person:
            try:
                outcome = await main_job(person, name, epochs=self._epochs)
            except (Gone, Refused) as error:
                outcome = Outcome(person.tenant, trouble=f"{name}: {error}")
            self.acknowledged += person.acknowledged
            self.report.tries += person.tries
            return outcome

    async def _look(self, outcomes: Sequence[Outcome]) -> None:
        report = self.report
        report.problems += [outcome.trouble for outcome in outcomes if outcome.trouble]
        report.attempts = sum(outcome.attempts for outcome in outcomes)
        await self._machine.ready()
        async with Truth(self._machine.admin) as truth:
            with contextlib.suppress(TimeoutError):
                await truth.quiet(QUIET_SECONDS)
            ended = time.monotonic()
            report.waited, report.longest_wait = round(self._waiting.seconds, 1), round(self._waiting.longest, 1)
            report.problems += [f"still behind after {QUIET_SECONDS:.0f} s: {name}" for name in await truth.behind()]
            report.problems += await problems(truth, self.acknowledged)
            report.problems += miscounted(self._machine.outbox, [each.guest for each in outcomes if each.guest])
            report.events = sum((await truth.heads()).values())
        report.acknowledged = len(self.acknowledged)
        report.seconds = round(ended - self._started, 1)
        report.converged = round(ended - self._last_fault, 1)
