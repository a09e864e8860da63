"""A zip of class folders becomes a data set: two passes over the archive, one image in memory at a time."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from foundry.ingest.archive import Archive
from foundry.ingest.contact import ContactSheets
from foundry.ingest.faults import BadFile, Fault, Faults, Refused, Tolerance
from foundry.ingest.layout import Layout, Placed, lay_out
from foundry.ingest.pictures import Fit, Header, Target, decode, look
from foundry.ingest.shards import Description, ShardWriter, Splitting, write_manifest

USUAL_LARGEST = 128
LARGEST_SIDE = 512
Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """Height and width 0: the commonest size of the images, at most USUAL_LARGEST a side. Channels 0: what most are."""

    height: int = 0
    width: int = 0
    channels: int = 0
    fit: Fit = Fit.PAD
    tolerance: Tolerance = field(default_factory=Tolerance)


def ingest_folders(
    source: Path, name: str, options: ImageOptions, splitting: Splitting, folder: Path, progress: Progress
) -> Faults:
    """Writes shards, previews, splits and manifest into `folder`; returns what was left out.

    `progress(stage, done, total)` is told of every file. Raises Refused, with every bad file listed up to a limit.
    """
    faults = Faults()
    with Archive(source) as archive:
        layout = lay_out(archive.members, faults)
        total = len(archive.members)
        layout, headers = _survey(archive, layout, faults, progress)
        target = _target(options, headers)
        writer, moments, splits_given = _decode(archive, layout, target, folder, faults, progress)
        options.tolerance.check(faults, total, "files")
    labels = writer.finish()
    if missing := set(range(len(layout.classes))) - set(labels.tolist()):
        raise Refused(f"no image of the class {layout.classes[min(missing)]!r} can be used", faults)
    splits = splitting.split(labels, splits_given)
    mean, std = _moments(moments.values[splits["train"]])
    about = Description(
        name=name,
        classes=layout.classes,
        input={"shape": list(target.shape), "dtype": "uint8", "minimum": 0.0, "maximum": 255.0},
        mean=float(mean.mean()),
        std=float(np.sqrt(max(0.0, (std**2 + mean**2).mean() - mean.mean() ** 2))),
        given_splits=bool(layout.given),
        extra={"channels": {"mean": mean.tolist(), "std": std.tolist()}},
        previews=moments.sheets.write(folder, layout.classes),
    )
    write_manifest(folder, about, writer, splits)
    return faults


def _survey(archive: Archive, layout: Layout, faults: Faults, progress: Progress) -> tuple[Layout, Counter[Header]]:
    """Headers alone: which sizes and colours there are, and the files worth decoding."""
    headers, good = Counter[Header](), list[Placed]()
    for number, placed in enumerate(layout.files, start=1):
        try:
            headers[look(archive.read(placed.member))] += 1
            good.append(placed)
        except BadFile as bad:
            _lost(faults, placed, bad)
        progress("looking", number, len(layout.files))
    if not good:
        raise Refused(f"no file of the archive is an image that can be used ({faults.summary()})", faults)
    return replace(layout, files=tuple(good)), headers


def _target(options: ImageOptions, headers: Counter[Header]) -> Target:
    sizes, colours = Counter[tuple[int, int]](), Counter[bool]()
    for header, count in headers.items():
        sizes[header.height, header.width] += count
        colours[header.grey] += count
    height, width = options.height, options.width
    if not (height and width):
        height, width = min(sizes, key=lambda size: (-sizes[size], size))
        shrink = max(1.0, max(height, width) / USUAL_LARGEST)
        height, width = max(1, round(height / shrink)), max(1, round(width / shrink))
    channels = options.channels or (1 if colours[True] > colours[False] else 3)
    return Target(channels, height, width, options.fit)


class Moments:
    """Sums and squares of each row's channels, and what its class looks like, taken as rows pass."""

    def __init__(self, layout: Layout, target: Target) -> None:
        order = {name: index for index, name in enumerate(layout.classes)}
        counts = Counter(order[placed.label] for placed in layout.files)
        self.sheets = ContactSheets([counts[label] for label in range(len(layout.classes))])
        self.values = np.zeros((len(layout.files), 2, target.channels))
        self.labels = order

    def add(self, row: int, pixels: NDArray[np.uint8], label: int) -> None:
        values = pixels.reshape(len(pixels), -1).astype(np.float64)
        self.values[row] = values.mean(axis=1), (values**2).mean(axis=1)
        self.sheets.add(pixels, label)


def _decode(
    archive: Archive, layout: Layout, target: Target, folder: Path, faults: Faults, progress: Progress
) -> tuple[ShardWriter, Moments, Sequence[str]]:
    writer = ShardWriter(folder, target.shape, "uint8", len(layout.files))
    moments, given = Moments(layout, target), list[str]()
    for number, placed in enumerate(layout.files, start=1):
        try:
            pixels, label = decode(archive.read(placed.member), target), moments.labels[placed.label]
        except BadFile as bad:
            _lost(faults, placed, bad)
        else:
            moments.add(writer.rows, pixels, label)
            writer.add(pixels, label)
            given.append(placed.split)
        progress("decoding", number, len(layout.files))
    return writer, moments, given if layout.given else ()


def _lost(faults: Faults, placed: Placed, bad: BadFile) -> None:
    faults.add(Fault(bad.code, bad.reason, path=placed.member.path))
    faults.units += 1


def _moments(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each channel over the given rows; all images are of one size."""
    mean, square = values[:, 0].mean(axis=0), values[:, 1].mean(axis=0)
    return mean, np.sqrt(np.maximum(0.0, square - mean**2))
