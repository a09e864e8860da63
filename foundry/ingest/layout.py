"""Which class, and which given split, each file of an archive belongs to: read from its folders alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundry.ingest.archive import Member
from foundry.ingest.faults import Fault, Faults, Refused

SPLIT_FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}
MOST_CLASSES = 1000
LONGEST_CLASS = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """A file, its class, and the split its archive gives it; empty where splits are not given."""

    member: Member
    label: str
    split: str


@dataclass(frozen=True, slots=True)
class Layout:
    """`classes` in the order of their labels; `given` are the splits that folders name."""

    files: tuple[Placed, ...]
    classes: tuple[str, ...]
    given: tuple[str, ...]


def lay_out(members: Sequence[Member], faults: Faults) -> Layout:
    """Files by class folder, with `train`, `val`, `test` above them where every top folder is one of these.

    One folder around everything is looked through. Raises Refused for fewer than two classes or too many.
    """
    around = _folders_around(members)
    paths = [(member, member.parts[around:]) for member in members]
    tops = {parts[0].lower() for _, parts in paths if len(parts) > 1}
    given = "train" in tops and tops <= SPLIT_FOLDERS.keys()
    files = []
    for member, parts in paths:
        split, label = (parts[0].lower(), parts[1:]) if given else ("", parts)
        if len(label) < 2 or (given and split not in SPLIT_FOLDERS):
            _lost(faults, member, "no_class", "lies in no class folder; the folder is a file's class")
        elif len(label[0]) > LONGEST_CLASS:
            _lost(faults, member, "bad_class", f"has a class folder of more than {LONGEST_CLASS} characters")
        else:
            files.append(Placed(member, label[0], SPLIT_FOLDERS.get(split, "")))
    classes = tuple(sorted({file.label for file in files}))
    _check_classes(classes, faults)
    order = {name: index for index, name in enumerate(classes)}
    files.sort(key=lambda file: (order[file.label], file.member.parts))
    return Layout(tuple(files), classes, tuple(sorted({file.split for file in files} - {""})))


def _folders_around(members: Sequence[Member]) -> int:
    """How many folders hold everything else: `flowers/` in `flowers/rose/1.png` and `flowers/lily/2.png`."""
    around = 0
    while members and all(len(member.parts) > around + 2 for member in members):
        if len({member.parts[around] for member in members}) > 1:
            break
        around += 1
    return around


def _check_classes(classes: Sequence[str], faults: Faults) -> None:
    if len(classes) < 2:
        found = f"only the class folder {classes[0]!r}" if classes else "no class folder"
        raise Refused(f"the archive has {found}; put the images of each class into a folder named like it", faults)
    if len(classes) > MOST_CLASSES:
        raise Refused(f"the archive has {len(classes)} class folders; at most {MOST_CLASSES} are taken", faults)


def _lost(faults: Faults, member: Member, code: str, reason: str) -> None:
    faults.add(Fault(code, reason, path=member.path))
    faults.units += 1
