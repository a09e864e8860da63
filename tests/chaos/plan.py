"""What goes wrong at which point of the main job: drawn from a seed, so that a round can be had again."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.machine import LINK_FAULTS, PARTS

# What one person's job goes through, and how often at least; in the order of a job without faults.
STAGES: tuple[tuple[tuple[str, int], ...], ...] = (
    (
        ("asked register", 1),
        ("recorded workspace.UserRegistered.v1", 1),
        ("asked createProject", 1),
        ("acknowledged createProject", 1),
        ("recorded workspace.ProjectCreated.v1", 1),
        ("asked createInvitation", 1),
        ("recorded workspace.InvitationCreated.v1", 1),
        ("asked createArchitecture", 1),
        ("asked saveVersion", 2),
        ("acknowledged saveVersion", 2),
        ("asked applyEdits", 1),
        ("recorded graph.EditsApplied.v1", 1),
    ),
    (
        ("asked createDataset", 1),
        ("acknowledged createDataset", 1),
        ("recorded dataset.IngestStarted.v1", 1),
        ("recorded dataset.VersionReady.v1", 1),
    ),
    (
        ("asked startRun", 1),
        ("acknowledged startRun", 1),
        ("recorded billing.HoldPlaced.v1", 1),
        ("recorded training.RunQueued.v1", 1),
        ("recorded billing.HoldConfirmed.v1", 1),
    ),
    (
        ("recorded training.AttemptStarted.v1", 1),
        ("recorded training.AttemptAttached.v1", 1),
        ("upload begun", 2),
        ("upload answered", 2),
        ("recorded training.CheckpointSaved.v1", 2),
    ),
    (
        ("recorded training.RunCompleted.v1", 1),
        ("recorded billing.HoldSettled.v1", 1),
        ("asked createExport", 1),
        ("acknowledged createExport", 1),
        ("recorded export.AttemptStarted.v1", 1),
        ("recorded export.ExportFinished.v1", 1),
    ),
)


# When a job of a kind is there, or soon will be; kills of workers come round to all kinds.
WORKERS: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("dataset worker", STAGES[1][:3]),
    ("training worker", STAGES[3]),
    ("export worker", STAGES[4][2:5]),
)


@dataclass(frozen=True, slots=True)
class Strike:
    """Do `kind` to `target`, a part or a link `source>part`, when `moment` is told for the `number`-th time."""

    kind: str
    target: str
    moment: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.target} at {self.moment!r} no. {self.number}"


def kills(seed: int, count: int, people: int, parts: Sequence[str] = PARTS) -> Sequence[Strike]:
    """Every part as often as any other, give or take one; every stage too."""
    draw = random.Random(seed)
    struck = [*parts] * (count // len(parts)) + draw.sample([*parts], count % len(parts))
    return _at_points(draw, [("kill", part) for part in struck], people)


def link_faults(seed: int, count: int, people: int, links: Sequence[tuple[str, str]]) -> Sequence[Strike]:
    """`count` of all pairs of a link and a fault, beginning with the `seed`-th: rounds in a row come round to all."""
    pairs = [(kind, f"{source}>{target}") for kind in LINK_FAULTS for source, target in links]
    random.Random(0).shuffle(pairs)
    chosen = [pairs[(seed * count + number) % len(pairs)] for number in range(count)]
    return _at_points(random.Random(seed), chosen, people)


def _at_points(draw: random.Random, faults: Sequence[tuple[str, str]], people: int) -> Sequence[Strike]:
    stages = [STAGES[number % len(STAGES)] for number in range(len(faults))]
    shuffled = [*faults]
    draw.shuffle(shuffled)
    draw.shuffle(stages)
    chosen = []
    workers = itertools.cycle(draw.sample(WORKERS, len(WORKERS)))
    for (kind, target), stage in zip(shuffled, stages, strict=True):
        if target == "worker":
            target, stage = next(workers)
        moment, times = draw.choice(stage)
        chosen.append(Strike(kind, target, moment, draw.randint(1, times * people)))
    return chosen
